import { isGroup, type AnyGroup } from "./option-entry.ts";
import { optionRoot } from "./option-table.ts";

/** One row of the option table. */
export interface OptionDoc {
  /** Dotted, such as `queue.maxSpans`. */
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly description: string;
}

/** Every option as documentation shows it, in the order of its declaration, groups flattened. */
export const optionDocs: readonly OptionDoc[] = rowsOf(optionRoot, "");

function rowsOf(group: AnyGroup, prefix: string): OptionDoc[] {
  return Object.entries(group.options).flatMap(([name, entry]) =>
    isGroup(entry)
      ? rowsOf(entry, `${prefix}${name}.`)
      : [
          {
            name: prefix + name,
            type: entry.check.type,
            default: entry.defaultText ?? defaultText(entry.default),
            description: entry.description,
          },
        ],
  );
}

function defaultText(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value).replaceAll(",", ", ");
}
