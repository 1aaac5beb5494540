import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./icon.tsx";
import { place, refine } from "../shell/place.ts";

export interface FilterTextProps {
  readonly label: string;
  readonly placeholder: string;
  readonly grows?: boolean;
}

/** Free text, as the address has it; `/` goes there. */
export function FilterText({ label, placeholder, grows = false }: FilterTextProps): JSX.Element {
  return (
    <input
      class={grows ? "field grow" : "field"}
      data-filter
      type="search"
      placeholder={`${placeholder}  /`}
      aria-label={label}
      value={place.value.query["text"] ?? ""}
      onInput={(event) => refine({ text: event.currentTarget.value })}
    />
  );
}

/** One of several, under its name in the address. The first is what holds where the address has none. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  /** Whether it is about the order alone, and leaves nothing out. */
  readonly isOrder?: boolean;
}

export interface FilterBarProps {
  readonly label: string;
  readonly placeholder: string;
  readonly choices: readonly Choice[];
  /** Beside them. */
  readonly children?: ComponentChildren;
}

/** What a list is narrowed down by. Each filter stands in the address; one button takes all of them away. */
export function FilterBar({ label, placeholder, choices, children }: FilterBarProps): JSX.Element {
  const { query } = place.value;
  const names = ["text", ...choices.flatMap(({ name, isOrder = false }) => (isOrder ? [] : [name]))];
  return (
    <div class="filters">
      <FilterText label={label} placeholder={placeholder} grows />
      {choices.map((choice) => (
        <select
          class={`field${isSet(query[choice.name]) ? " set" : ""}`}
          key={choice.name}
          aria-label={choice.label}
          value={query[choice.name] ?? ""}
          onChange={(event) => refine({ [choice.name]: event.currentTarget.value })}
        >
          {choice.options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      ))}
      {children}
      {names.some((name) => isSet(query[name])) && (
        <button
          type="button"
          class="button quiet"
          onClick={() => refine(Object.fromEntries(names.map((name) => [name, undefined])))}
        >
          <Icon name="close" size={12} /> Clear
        </button>
      )}
    </div>
  );
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
