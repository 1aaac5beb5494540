/** Where a service can be reached, and with what. */
export interface Listening {
  readonly port: number;
  /** Requests of the kind that it serves, as they go over the wire. */
  readonly requests: readonly string[];
}

/** What a subject's process is told by the bench. */
export interface Surroundings {
  /** Of this process alone: the sink counts by it. */
  readonly serviceName: string;
  /** `http://127.0.0.1:port` of the sink. */
  readonly sinkUrl: string;
}

/** Something whose cost is measured, in a process of its own. */
export interface Subject {
  /** What the tables call it. Unique. */
  readonly name: string;
  /** npm packages whose versions belong into the results. */
  readonly packages: readonly string[];
  /** Loads and starts it. Called once a process; whatever is slow to import is imported here, not at the top of the file. */
  setup(surroundings: Surroundings): Promise<RunningSubject>;
}

export interface RunningSubject {
  /** The work that is measured, that many times. Resolves when all of it is over, telemetry that left included. */
  run(times: number): Promise<void>;
  /** Answers of the service to a fixed set of requests, for comparison. Only what answers requests has it. */
  answers?(): Promise<readonly string[]>;
  /** Sends everything that is still held, metrics too. Not measured. */
  drain?(): Promise<void>;
  /** What it counted itself, however it does. */
  counted?(): number | undefined;
  /** Bytes it holds now for each of `times` pieces of work that wait, after a forced collection. */
  heldBytes?(times: number): Promise<number>;
  /** Objects that each of `times` pieces of work allocates. */
  allocations?(times: number): Promise<number>;
  /** Listens on a free port of 127.0.0.1. Only what answers requests has it. */
  listen?(): Promise<Listening>;
  /** Sends what is still held of the requests so far, and resolves when that has left. */
  flush?(): Promise<void>;
}
