import type { Attributes, Exception, Link, SpanStatus, TimeInput } from "@opentelemetry/api";
import { nameText } from "../../limits/name-text.ts";
import { type LimitSettings, putLimited, putLimitedAll } from "../../limits/span-limits.ts";
import { truncate } from "../../limits/truncate.ts";
import type { AttributeList } from "../../model/attributes.ts";
import type { Clock } from "../../model/clock.ts";
import { type SpanEvent, type SpanLink, statusCode } from "../../model/span-data.ts";
import type { Tally } from "../../tally/tally.ts";
import { exceptionAttributes } from "../../model/foreign/exception-attributes.ts";
import { spanLink } from "./span-link.ts";
import { monotonicTime } from "./time-input.ts";
import { TracedSpan } from "./trace-root.ts";

/**
 * A span that takes notes, by the rules of the OpenTelemetry trace API and within limits: what exceeds them is dropped and counted on it.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/trace/api/#span
 */
export abstract class NotedSpan extends TracedSpan {
  readonly attributes: AttributeList = [];
  droppedAttributesCount = 0;
  events: SpanEvent[] | undefined = undefined;
  droppedEventsCount = 0;
  links: SpanLink[] | undefined = undefined;
  droppedLinksCount = 0;
  statusCode: number = statusCode.unset;
  statusMessage = "";
  protected lastException: unknown = undefined;

  /** Whether nobody noted anything on it. */
  get isBlank(): boolean {
    return (
      this.attributes.length === 0 &&
      this.events === undefined &&
      this.links === undefined &&
      this.statusCode === statusCode.unset &&
      this.droppedAttributesCount + this.droppedEventsCount + this.droppedLinksCount === 0
    );
  }

  /** The limits that hold now; undefined when the span takes no notes any more. */
  protected abstract limits(): LimitSettings | undefined;
  protected abstract readonly clock: Clock;
  /** Counts what was given and cannot be used, by place. */
  protected abstract readonly faults: Pick<Tally, "add">;

  setAttribute(key: string, value: unknown): this {
    const limits = this.limits();
    if (limits !== undefined) this.droppedAttributesCount += putLimited(this.attributes, key, value, limits);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    const limits = this.limits();
    if (limits !== undefined) this.droppedAttributesCount += putLimitedAll(this.attributes, attributes, limits);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    const limits = this.limits();
    if (limits === undefined) return this;
    try {
      if (isTimeInput(attributesOrTime)) this.#pushEvent(name, undefined, attributesOrTime, limits);
      else this.#pushEvent(name, attributesOrTime, time, limits);
    } catch {
      this.droppedEventsCount++;
    }
    return this;
  }

  addLink(link: Link): this {
    const limits = this.limits();
    if (limits === undefined) return this;
    try {
      const made = spanLink(link, limits);
      this.links ??= [];
      if (made !== undefined && this.links.length < limits.links) this.links.push(made);
      else this.droppedLinksCount++;
    } catch {
      this.droppedLinksCount++;
    }
    return this;
  }

  addLinks(links: Link[]): this {
    if (this.limits() === undefined || links === undefined || links === null) return this;
    try {
      if (!Array.isArray(links)) throw new TypeError("No list of links.");
      for (const link of links) this.addLink(link);
    } catch {
      this.droppedLinksCount++;
    }
    return this;
  }

  /** Unset is ignored; once it is OK it stays; a description belongs to an error alone. */
  setStatus(status: SpanStatus): this {
    const limits = this.limits();
    if (limits === undefined || this.statusCode === statusCode.ok) return this;
    const { code, message } = this.#readStatus(status);
    if (code !== statusCode.ok && code !== statusCode.error) return this;
    this.statusCode = code;
    this.statusMessage =
      code === statusCode.error && typeof message === "string"
        ? truncate(message, limits.valueLength, limits.truncateMarker)
        : "";
    return this;
  }

  /** The same error twice is one event. */
  recordException(exception: Exception, time?: TimeInput): void {
    const limits = this.limits();
    if (limits === undefined || (this.lastException !== undefined && this.lastException === exception)) return;
    this.lastException = exception;
    this.#pushEvent("exception", exceptionAttributes(exception), time, limits);
  }

  #readStatus(status: SpanStatus): Pick<SpanStatus, "message"> & { readonly code: number } {
    try {
      const { code, message } = status;
      if (code === statusCode.unset || code === statusCode.ok || code === statusCode.error)
        return message === undefined ? { code } : { code, message };
    } catch {
      // Counted like one that says nothing.
    }
    this.faults.add("span-status");
    return unreadable;
  }

  /** The oldest events go first: what happened last says most about how it ended. */
  #pushEvent(name: string, given: Attributes | undefined, time: TimeInput | undefined, limits: LimitSettings): void {
    const attributes: AttributeList = [];
    const dropped = putLimitedAll(attributes, given, limits, limits.eventAttributes);
    this.events ??= [];
    this.events.push({
      name: nameText(name),
      timeMs: monotonicTime(time, this.clock),
      attributes,
      droppedAttributesCount: dropped,
    });
    if (this.events.length > limits.events) {
      this.events.shift();
      this.droppedEventsCount++;
    }
  }
}

const unreadable = Object.freeze({ code: statusCode.unset });

function isTimeInput(value: Attributes | TimeInput | undefined): value is TimeInput {
  return typeof value === "number" || value instanceof Date || Array.isArray(value);
}
