import { type ErrorCode, OptionError } from "@gossamer/core";

/** The workload cannot be measured: it failed, never answered, answers differently with telemetry, or pays no heed to what it is given. */
export class WorkloadError extends Error {
  override readonly name = "WorkloadError";
  readonly code: ErrorCode = "GSM_WORKLOAD";
  /** The configuration it was seen with. */
  readonly configuration: string;

  constructor(configuration: string, what: string, options?: ErrorOptions) {
    super(`"${configuration}" ${what}`, options);
    this.configuration = configuration;
  }
}

/** What is wrong with a workload, in words that go on after the configuration's name. */
export class Complaint extends Error {}

/** The error as the user sees it, whoever threw it. */
export function workloadError(configuration: string, error: unknown): WorkloadError | OptionError {
  if (error instanceof WorkloadError || error instanceof OptionError) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new WorkloadError(configuration, error instanceof Complaint ? what : `failed: ${what}`, { cause: error });
}
