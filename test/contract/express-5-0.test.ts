import express from "express50";
import { describeAdapterContract } from "./adapter-contract.ts";
import { expressCases } from "./express/express-cases.ts";
import { expressHarness } from "./express/express-harness.ts";

describeAdapterContract(expressHarness("express 5.2", express), expressCases(express));
