import express from "express";
import { describeAdapterContract } from "@gossamer/testing/contract";
import { describe, it } from "vitest";
import { expressCases } from "./express/express-cases.ts";
import { expressHarness } from "./express/express-harness.ts";

describeAdapterContract(expressHarness("express 5.3", express), { describe, it, more: expressCases(express) });
