import type { RequestReader } from "../../model/request/request-reader.ts";
import { noRouteOptionsInUse } from "../../model/route.ts";

/** Reads a request that cannot be read. */
export const fallbackReader: RequestReader<unknown> = {
  method: () => "_OTHER",
  target: () => "",
  scheme: () => "http",
  header: () => undefined,
  clientAddress: () => undefined,
  peerAddress: () => undefined,
  peerPort: () => undefined,
  httpVersion: () => "",
  route: () => undefined,
  routeOptionsInUse: noRouteOptionsInUse,
};
