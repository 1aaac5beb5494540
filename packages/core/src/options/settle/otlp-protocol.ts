import type { OtlpTarget } from "./settings.ts";
import type { SettingsInput } from "./settings-input.ts";
import type { SignalName } from "../variables/variable-reading.ts";

const usualPort = { grpc: "4317", "http/protobuf": "4318" } as const;

/** What the code says comes first, then the variable of the signal alone. */
export function protocolOf({ code, reading, values }: SettingsInput, name: SignalName): OtlpTarget["protocol"] {
  return code.otlp?.protocol ?? reading[name].protocol ?? values.otlp.protocol;
}

/** One line when an address names the port that is usually the other protocol's. */
export function sayMisfit({ notices }: SettingsInput, targets: readonly OtlpTarget[]): void {
  const misfit = targets.find(({ url, protocol, endpointGiven }) => {
    const other = protocol === "grpc" ? "http/protobuf" : "grpc";
    return endpointGiven && new URL(url).port === usualPort[other];
  });
  if (misfit === undefined) return;
  const { origin, port } = new URL(misfit.url);
  const other = misfit.protocol === "grpc" ? "http/protobuf" : "grpc";
  notices.push({
    level: "warn",
    code: "GSM_PROTOCOL_PORT",
    line: `${origin}: port ${port} is usually that of ${other}, but otlp.protocol is ${misfit.protocol}, whose port is usually ${usualPort[misfit.protocol]}`,
  });
}
