import type { IncomingMessage } from "node:http";
import { type Check, checks, OptionError, readMembers } from "@gossamer/core/adapter";

/** Who may look, and whether anything may be changed. */
export interface PageAccess {
  /**
   * Decides on each request; one that throws or answers anything but true refuses.
   *
   * @default this machine alone: connections from it that name it as localhost, 127.0.0.1 or [::1], and that no proxy says it forwarded
   */
  readonly allow?: (request: IncomingMessage) => boolean;
  /** Whether nothing can be changed: no rules, no levels, no step of the governor. @default false */
  readonly readOnly?: boolean;
  /** Opens it where the environment is production too, which `allow` has to be given for. @default false */
  readonly production?: boolean;
}

export interface OpenPageOptions extends PageAccess {
  /** The next that is free is taken where it is not. 0 for any. @default 9797 */
  readonly port?: number;
  /** Where it listens. Without `allow` it answers this machine alone all the same, by localhost, 127.0.0.1 or [::1]. @default "127.0.0.1" */
  readonly host?: string;
  /** Where the line with the address goes. @default standard error */
  readonly log?: (line: string) => void;
}

export const callable: Check<(...given: never[]) => unknown> = {
  type: "function",
  expectation: "a function",
  validate(value, name) {
    if (typeof value === "function") return value as (...given: never[]) => unknown;
    throw new OptionError(name, `Option "${name}" must be a function, got ${typeof value}.`, {
      code: "GSM_OPTION_TYPE",
      expectation: "a function",
    });
  },
};

/** Checked where it is used. */
const anything: Check<unknown> = { type: "unknown", expectation: "anything", validate: (value) => value };

const access = { allow: callable, readOnly: checks.boolean, production: checks.boolean };

/** @throws OptionError for a wrong option */
export function readAccess(given: unknown): PageAccess {
  return readMembers<PageAccess>(given, "devPage", "an object with allow, readOnly and production", access);
}

/** @throws OptionError for a wrong option */
export function readOpenOptions(given: unknown): OpenPageOptions {
  return readMembers<OpenPageOptions>(given, "openDevPage", "an object with port and host", {
    ...access,
    port: checks.integer(0, 65_535),
    host: checks.text,
    log: callable,
  });
}

/** What Nest's module takes besides. */
export interface ModuleMount {
  readonly telemetry?: unknown;
  readonly path?: string;
}

const mountPath = checks.check(
  "string",
  "a path with a name in it, such as __gossamer",
  (value): value is string => typeof value === "string" && /^\/*[\w~.-]+(?:\/[\w~.-]+)*\/*$/.test(value),
);

/** @throws OptionError for a wrong option */
export function readModuleOptions(given: unknown): PageAccess & ModuleMount {
  return readMembers<PageAccess & ModuleMount>(given, "DevPageModule.forRoot", "an object with path and telemetry", {
    ...access,
    telemetry: anything,
    path: mountPath,
  });
}

/** Whether a page may be there at all: in production only for who asked for it, and said whom it is for. */
export function mayOpen(
  { isProduction }: { readonly isProduction: boolean },
  { production, allow }: PageAccess,
): boolean {
  return !isProduction || (production === true && allow !== undefined);
}

/** Said where it may not be. */
export const closedLine = "gossamer: no page is opened in production: give production: true, and allow for whom it is";

export function sayLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
