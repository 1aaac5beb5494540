import { expect, it } from "vitest";
import type { FaultService } from "./fault-service.ts";
import { record } from "./record.ts";
import { pemPath, startTlsCollector, type TlsCollector } from "./tls-collector.ts";
import { atEnd, serve, settle } from "./world.ts";

const variables = {
  OTEL_EXPORTER_OTLP_CERTIFICATE: pemPath("ca-cert"),
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: pemPath("client-cert"),
  OTEL_EXPORTER_OTLP_CLIENT_KEY: pemPath("client-key"),
};

async function serveTls(env: Record<string, string>): Promise<{ collector: TlsCollector; service: FaultService }> {
  const collector = await startTlsCollector();
  atEnd(() => collector.close());
  return { collector, service: await serve(collector.url, { env }) };
}

it("an authority of one's own and a client certificate, from variables, are all that a collector behind mutual TLS takes (R-P5)", async () => {
  const { collector, service } = await serveTls(variables);
  expect((await service.load(50)).errors).toBe(0);
  await settle(service, { exported: 50, dropped: 0 });
  expect([collector.spans.length, service.lines.length]).toEqual([50, 0]);
});

it.each([
  ["no authority", {}, /^cannot reach .* \((SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)\)/],
  [
    "another authority",
    { ...variables, OTEL_EXPORTER_OTLP_CERTIFICATE: pemPath("other-ca-cert") },
    /^cannot reach .* \((SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)\)/,
  ],
  [
    "no client certificate",
    { OTEL_EXPORTER_OTLP_CERTIFICATE: pemPath("ca-cert") },
    /^cannot reach .* \((ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ECONNRESET|EPIPE)\)/,
  ],
])(
  "wrong TLS, %s: spans are kept, one line names the reason, and nothing is sent in clear (R-P5)",
  async (_what, env, line) => {
    const { collector, service } = await serveTls(env);
    const seen = await service.load(50);
    expect(await service.flush(400)).toBe(false);
    expect(await service.flush(400)).toBe(false);
    await settle(service, { queued: 50, dropped: 0 });
    await expect.poll(() => service.lines).toEqual([expect.stringMatching(line)]);
    expect([collector.spans.length, seen.errors]).toEqual([0, 0]);
    record({
      order: 16,
      fault: "TLS failure: unknown certificate authority, missing client certificate",
      seen: `${seen.answers} of 50 answered`,
      lost: "0 of 50; kept up to the queue's limit",
      lines: service.lines.length,
    });
  },
);
