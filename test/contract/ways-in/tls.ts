import { readFileSync } from "node:fs";

const fixtures = new URL("../../fixtures/tls/", import.meta.url);

/** A key and its certificate, of a server that a test makes. */
export const tls: { readonly key: Buffer; readonly cert: Buffer } = {
  key: readFileSync(new URL("server-key.pem", fixtures)),
  cert: readFileSync(new URL("server-cert.pem", fixtures)),
};
