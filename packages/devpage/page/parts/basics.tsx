import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { PageLevel, RequestEntry } from "../../src/protocol.ts";
import { errorText } from "../data/api.ts";
import { fateText, fateTone, statusClass, type Tone } from "../format/status.ts";
import { Icon, type IconName } from "./icon.tsx";

export function Chip({ tone = "", children }: { tone?: Tone; children: ComponentChildren }): JSX.Element {
  return <span class={`chip ${tone}`}>{children}</span>;
}

export function FateChip({ entry }: { entry: RequestEntry }): JSX.Element {
  const text = fateText(entry);
  return (
    <span class={`chip ${fateTone(entry)}`} title={text}>
      {text}
    </span>
  );
}

export function Status({ code, aborted = false }: { code: number | undefined; aborted?: boolean }): JSX.Element {
  return (
    <span
      class={`status ${statusClass(code)}`}
      title={aborted ? "aborted: the client left, or the answer was cut" : undefined}
    >
      {code ?? (aborted ? "" : "–")}
      {aborted && <Icon name="close" size={11} />}
      {aborted && <span class="unseen">aborted</span>}
    </span>
  );
}

export interface RouteName {
  readonly method: string;
  readonly route?: string | undefined;
  readonly operation?: string | undefined;
  readonly path?: string | undefined;
}

/** Method and template; the raw path where there is no template. */
export function RouteLabel({ method, route, operation, path }: RouteName): JSX.Element {
  return (
    <>
      <span class="method">{method}</span> {route ?? (path === undefined ? "(no route)" : "")}
      {route === undefined && path !== undefined && <span class="muted">{path}</span>}
      {operation !== undefined && <span class="muted"> {operation}</span>}
    </>
  );
}

const levelStyles: Readonly<Record<PageLevel, string>> = {
  trace: "muted",
  debug: "muted",
  info: "muted",
  warn: "warn-text",
  error: "bad-text",
  fatal: "bad-text",
};

export function Level({ level }: { level: PageLevel }): JSX.Element {
  return <span class={`level ${levelStyles[level]}`}>{level}</span>;
}

/** A bar that is full at 1; above the marks it asks for a look. */
export function Meter({ value, label, warnAt = 0.7, badAt = 0.9 }: MeterProps): JSX.Element {
  const shown = Math.max(0, Math.min(1, value));
  const style = value >= badAt ? "b5" : value >= warnAt ? "b4" : "b2";
  return (
    <span
      class="meter"
      role="meter"
      aria-label={label}
      aria-valuenow={Math.round(shown * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span class={style} style={{ width: `${Math.max(shown > 0 ? 1.5 : 0, shown * 100)}%` }} />
    </span>
  );
}

export interface MeterProps {
  readonly value: number;
  readonly label: string;
  readonly warnAt?: number;
  readonly badAt?: number;
}

/** What to do next, where there is nothing yet. */
export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} size={28} />
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function Figure({
  label,
  about,
  children,
  tone,
}: {
  label: string;
  /** What it is, for those who ask. */
  about?: string;
  children: ComponentChildren;
  tone?: string;
}): JSX.Element {
  return (
    <div class="figure">
      <dt title={about}>{label}</dt>
      <dd class={tone}>{children}</dd>
    </div>
  );
}

/** Copies what it is given when it is pressed, and says so. */
export function CopyButton({ label, text }: { label: string; text: () => string | Promise<string> }): JSX.Element {
  const [said, say] = useState("");
  const timer = useRef(0);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await text());
      say("Copied");
    } catch (error) {
      say(error instanceof DOMException ? "Not allowed here" : errorText(error));
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => say(""), 1_800);
  };
  return (
    <button type="button" class="button small" onClick={() => void copy()}>
      <Icon name={said === "Copied" ? "done" : "copy"} size={14} />
      <span aria-live="polite">{said === "" ? label : said}</span>
    </button>
  );
}
