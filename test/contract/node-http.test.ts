import { describeAdapterContract } from "@gossamer/testing/contract";
import { describe, it } from "vitest";
import { nodeHttpHarness } from "./node-http/node-http-harness.ts";

describeAdapterContract(nodeHttpHarness, { describe, it });
