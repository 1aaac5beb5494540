import { type Check, checks, type MemberChecks, readMembers } from "@gossamer/core/adapter";
import type { PageActions } from "../data/page-data.ts";
import { type GovernorDraft, ladder, type LogLevelDraft, type SamplingDraft } from "../protocol.ts";
import { levels } from "../rings/log-ring.ts";

type Body = Readonly<Record<string, unknown>>;

/** Core checks it as at start. */
const asAtStart: Check<unknown> = { type: "unknown", expectation: "as at start", validate: (value) => value };

const samplingMembers: MemberChecks<SamplingDraft> = { sampleRatio: asAtStart, rules: asAtStart, keep: asAtStart };

interface DryRunBody {
  readonly rules: NonNullable<SamplingDraft["rules"]>;
}
const dryRunMembers: MemberChecks<DryRunBody> = {
  rules: checks.check(
    "list of rules",
    "a list of rules; an empty one ends the trial",
    (value): value is DryRunBody["rules"] => Array.isArray(value),
  ),
};

const steps: ReadonlySet<unknown> = new Set([...ladder, null]);
const governorMembers: MemberChecks<GovernorDraft> = {
  step: checks.check(
    "step | null",
    `null, or one of ${checks.enumerated(ladder)}`,
    (value): value is GovernorDraft["step"] => steps.has(value),
  ),
  forMs: checks.durationMs(1),
};

const logLevelMembers: MemberChecks<LogLevelDraft> = {
  level: checks.oneOf(...levels, "silent"),
  forMs: checks.durationMs(1),
  logger: checks.text,
};

/** What can be changed, by its name behind `api/`. A body is checked as options are at start; what is wrong in it is an `OptionError`. */
export const pageWrites: Readonly<Record<string, (actions: PageActions, body: Body) => unknown>> = {
  validate: (actions, body) => actions.validate(read(body, samplingMembers)),
  sampling: (actions, body) => actions.apply(read(body, samplingMembers)),
  "dry-run": (actions, body) => actions.dryRun(whole(body, dryRunMembers, "rules").rules),
  undo(actions, body) {
    read<object>(body, {});
    return actions.undo();
  },
  governor(actions, body) {
    actions.governor(whole(body, governorMembers, "step"));
    return {};
  },
  "log-level": (actions, body) => actions.setLogLevel(whole(body, logLevelMembers, "level")),
};

function read<T extends object>(body: Body, members: MemberChecks<T>): Partial<T> {
  return readMembers<T>(body, "", "an object", members);
}

/** The same, where one member must be there. */
function whole<T extends object>(body: Body, members: MemberChecks<T>, needed: keyof T & string): T {
  if (!Object.hasOwn(body, needed)) members[needed].validate(undefined, needed);
  return read(body, members) as T;
}
