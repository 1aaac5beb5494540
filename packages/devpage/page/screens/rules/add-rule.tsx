import type { JSX, TargetedEvent } from "preact";
import { snapshot } from "../../data/store.ts";

/** Puts a rule for a route in front of the others. */
export function AddRule({ text, write }: { text: string; write: (text: string) => void }): JSX.Element {
  const routes = (snapshot.value?.routes ?? []).filter(({ route }) => route !== undefined).slice(0, 100);
  const add = (event: TargetedEvent<HTMLSelectElement>): void => {
    const match = event.currentTarget.value;
    event.currentTarget.value = "";
    if (match === "") return;
    const rule = `{ "match": ${JSON.stringify(match)}, "ratio": 1 }`;
    const place = /"rules"\s*:\s*\[\s*/.exec(text);
    if (place === null) return;
    const at = place.index + place[0].length;
    const isFirst = text[at] === "]";
    const before = text.slice(0, at).trimEnd();
    write(`${before}\n    ${rule}${isFirst ? "\n  " : ",\n    "}${text.slice(at)}`);
  };
  return (
    <select class="field add-rule" aria-label="Add a rule for a route" onChange={add}>
      <option value="">Add a rule for …</option>
      {[...new Set(routes.map(({ method, route = "" }) => `${method} ${route}`))].map((match) => (
        <option key={match} value={match}>
          {match}
        </option>
      ))}
    </select>
  );
}
