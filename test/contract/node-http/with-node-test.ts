import { describeAdapterContract } from "@gossamer/testing/contract";
import { nodeHttpHarness } from "./node-http-harness.ts";

describeAdapterContract(nodeHttpHarness);
