import type { Decision } from "../../model/sampling/decision.ts";
import { TokenBucket } from "../threshold/token-bucket.ts";

/** What is kept of the requests that were not sampled. */
export interface KeepTermsSettings {
  /** The share of failed requests that is kept, from 0 to 1. */
  readonly errors: number;
  /** The share of aborted requests that is kept, from 0 to 1. */
  readonly aborted: number;
  /** A request that takes at least this long is slow. */
  readonly slowerThanMs: number;
  /** The share of slow requests that is kept, from 0 to 1. */
  readonly slow: number;
  /** Whether child spans are held until the end, in case the request is kept. */
  readonly trace?: boolean | undefined;
}

/** The terms of the whole service, or of one rule. */
export class KeepTerms {
  readonly errors: number;
  readonly aborted: number;
  readonly slowerThanMs: number;
  readonly slow: number;
  readonly trace: boolean;
  readonly rule: string | undefined;
  readonly isAny: boolean;
  /** The bound of the rule's own. */
  readonly bucket: TokenBucket | undefined;
  readonly error: Decision;
  readonly abort: Decision;
  readonly slowness: Decision;
  readonly hint: Decision;

  /** @param own the rule that they are of, with what it may keep a second. */
  constructor(settings: KeepTermsSettings, own: { rule?: string; maxPerSecond?: number | undefined } = {}) {
    const { errors, aborted, slow, slowerThanMs, trace = false } = settings;
    const { rule, maxPerSecond } = own;
    this.errors = errors;
    this.aborted = aborted;
    this.slow = slow;
    this.slowerThanMs = slowerThanMs;
    this.trace = trace;
    this.rule = rule;
    this.isAny = maxPerSecond !== 0 && (errors > 0 || aborted > 0 || slow > 0);
    this.bucket = maxPerSecond === undefined ? undefined : new TokenBucket(maxPerSecond);
    const decision = (reason: string, ratio?: number): Decision =>
      Object.freeze({
        sampled: true,
        reason,
        ...(rule === undefined ? {} : { rule }),
        ...(ratio === undefined ? {} : { ratio }),
      });
    this.error = decision("error", errors);
    this.abort = decision("aborted", aborted);
    this.slowness = decision("slow", slow);
    this.hint = decision("hint");
  }

  /** How a keep or its drop is counted: by reason, behind the rule where one has a say. */
  label(reason: string): string {
    return this.rule === undefined ? reason : `${this.rule}:${reason}`;
  }
}
