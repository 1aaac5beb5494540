import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LogLevelView } from "../../../src/protocol.ts";
import { errorText, post } from "../../data/api.ts";
import { isReadOnly, logLevels } from "../../data/store.ts";
import { levels } from "./line-filter.ts";

const raisedMs = 600_000;

/** Lets loggers say more, or less, for a while. */
export function RaiseLevel(): JSX.Element | null {
  const known = logLevels.value;
  const [said, say] = useState("");
  if (known.length === 0 || isReadOnly.value) return null;
  const current = known[0]?.level ?? "info";
  const raise = async (level: LogLevelView["level"]): Promise<void> => {
    try {
      logLevels.value = await post<readonly LogLevelView[]>("api/log-level", { level, forMs: raisedMs });
      say("");
    } catch (error) {
      say(errorText(error));
    }
  };
  return (
    <label class="inline">
      <span class="muted">{said === "" ? "Level, for 10 min" : said}</span>
      <select
        class="field"
        value={current}
        onChange={(event) => void raise(event.currentTarget.value as LogLevelView["level"])}
      >
        {[...levels, "silent" as const].map((level) => (
          <option key={level} value={level}>
            {level}
          </option>
        ))}
      </select>
    </label>
  );
}
