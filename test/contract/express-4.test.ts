import express from "express4";
import { describeAdapterContract } from "./adapter-contract.ts";
import { expressCases } from "./express/express-cases.ts";
import { expressHarness } from "./express/express-harness.ts";

describeAdapterContract(expressHarness("express 4", express), expressCases(express));
