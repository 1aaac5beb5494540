import type { TelemetryEngine } from "@gossamer/core";
import type { PageData } from "./data/page-data.ts";

/** The version of this package. A test holds it equal to the one in `package.json`. */
export const version = "0.1.0";

/** A page that is open. */
export interface OpenPage {
  /** `http://127.0.0.1:9797/`: where it is found from this machine, whatever host it listens at. */
  readonly url: string;
  /** Frees the port, and ends what it listens to. */
  close(): Promise<void>;
}

/** What is shown of one engine, whichever way its page is opened. */
export interface EnginePage {
  readonly data: PageData;
  /** Paths below which the page lies in the app: what is asked there is not shown. */
  readonly ownPaths: Set<string>;
}

/** What all copies of this package in a process share: one is loaded by `import`, another by `require`. */
export interface ProcessPages {
  readonly version: string;
  readonly shown: WeakMap<TelemetryEngine, EnginePage>;
  /** The page with a listener of its own that an engine has, or that is being opened. */
  readonly open: WeakMap<TelemetryEngine, Promise<OpenPage | undefined>>;
  /** Whether one of them opens the page once there is an engine. */
  isPreloaded: boolean;
}

const pagesKey = Symbol.for("gossamer.devpage");
const place = globalThis as { [pagesKey]?: ProcessPages };

/** Of the process. A copy of another version keeps what it has to itself: it may have another form. */
export const processPages: ProcessPages = pagesOf((place[pagesKey] ??= newPages()));

function pagesOf(known: ProcessPages): ProcessPages {
  return known.version === version ? known : newPages();
}

function newPages(): ProcessPages {
  return { version, shown: new WeakMap(), open: new WeakMap(), isPreloaded: false };
}

/** The version of another copy that was loaded first, and has pages of its own. */
export function otherVersion(): string | undefined {
  const first = place[pagesKey]?.version;
  return first === version ? undefined : first;
}
