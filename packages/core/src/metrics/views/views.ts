import { nameMatcher } from "../../limits/attribute-names.ts";
import type { MetricView } from "../../model/filters/metric-view.ts";
import type { Scope } from "../../model/scope.ts";

/** What a view may ask of an instrument. */
export interface Viewed {
  readonly name: string;
  readonly kind: string;
  readonly unit: string;
}

/** A metric that an instrument becomes, as far as a view says. */
export interface ViewedStream {
  readonly name: string;
  readonly description: string | undefined;
  /** Undefined where every attribute tells series apart. */
  readonly keeps: ((key: string) => boolean) | undefined;
  readonly boundaries: readonly number[] | undefined;
  readonly aggregation: Exclude<MetricView["aggregation"], "drop">;
  readonly maxSeries: number | undefined;
}

interface CompiledView {
  readonly fits: (viewed: Viewed, scope: Scope) => boolean;
  readonly isDropped: boolean;
  readonly stream: Omit<ViewedStream, "name"> & { readonly name: string | undefined };
}

const maxRemembered = 2_000;

/** The views of a service. */
export class Views {
  readonly #views: readonly CompiledView[];
  readonly #conflict: (name: string) => void;

  /** @param conflict told of two metrics of one name from one instrument. */
  constructor(views: readonly MetricView[], conflict: (name: string) => void) {
    this.#views = views.map(compiled);
    this.#conflict = conflict;
  }

  /** What becomes of an instrument: no stream where it is dropped, undefined where no view is about it. */
  of(viewed: Viewed, scope: Scope): readonly ViewedStream[] | undefined {
    const fitting = this.#views.filter(({ fits }) => fits(viewed, scope));
    if (fitting.length === 0) return undefined;
    const streams = new Map<string, ViewedStream>();
    for (const { isDropped, stream } of fitting) {
      if (isDropped) continue;
      const name = stream.name ?? viewed.name;
      const key = name.toLowerCase();
      if (streams.has(key)) this.#conflict(name);
      else streams.set(key, { ...stream, name });
    }
    return [...streams.values()];
  }
}

function compiled(view: MetricView): CompiledView {
  const { instrument = "*", meter = "*", type, unit, name, description, boundaries, aggregation, maxSeries } = view;
  const isNamed = nameMatcher([instrument]);
  const isMeter = nameMatcher([meter]);
  return {
    fits: (viewed, scope) =>
      (type === undefined || type === viewed.kind) &&
      (unit === undefined || unit === viewed.unit) &&
      isNamed(viewed.name) &&
      (meter === "*" || isMeter(scope.name)),
    isDropped: aggregation === "drop",
    stream: {
      name,
      description,
      keeps: keepsOf(view),
      boundaries,
      aggregation: aggregation === "drop" ? undefined : aggregation,
      maxSeries,
    },
  };
}

function keepsOf({ keep, remove }: MetricView): ViewedStream["keeps"] {
  if (keep === undefined && remove === undefined) return undefined;
  const isKept = keep === undefined ? () => true : nameMatcher(keep);
  const isRemoved = remove === undefined ? () => false : nameMatcher(remove);
  // It is asked for each attribute of each value.
  const known = new Map<string, boolean>();
  return (key) => {
    let kept = known.get(key);
    if (kept === undefined) {
      kept = isKept(key) && !isRemoved(key);
      if (known.size < maxRemembered) known.set(key, kept);
    }
    return kept;
  };
}
