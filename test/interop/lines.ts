/** One line of OpenTelemetry, as a package of its own has it. */
export interface SdkLine {
  readonly name: "SDK 2" | "SDK 3";
  /** The folder here that says what to install. */
  readonly folder: "sdk-2" | "sdk-3";
  readonly api: string;
  readonly otherApi: string;
  /** The package of its tracing SDK, and its version. */
  readonly sdk: string;
  readonly sdkVersion: string;
}

export const sdkLines: readonly SdkLine[] = [
  {
    name: "SDK 2",
    folder: "sdk-2",
    api: "1.9.1",
    otherApi: "1.8.0",
    sdk: "@opentelemetry/sdk-trace-base",
    sdkVersion: "2.12.1",
  },
  {
    name: "SDK 3",
    folder: "sdk-3",
    api: "1.10.0",
    otherApi: "1.9.1",
    sdk: "@opentelemetry/sdk-trace",
    sdkVersion: "3.1.1",
  },
];
