import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { isHelpOpen } from "./keys.ts";

const keys: readonly (readonly [readonly string[], string])[] = [
  [["1", "…", "8"], "to a screen"],
  [["/"], "into the filter"],
  [["j", "k"], "down and up in a list"],
  [["Enter"], "open what is focused"],
  [["←", "→"], "close and open a span, from cell to cell of the heatmap"],
  [["p"], "pause and go on, in Live and Logs"],
  [["Ctrl", "Enter"], "try the rules that are written"],
  [["Esc"], "close, or back"],
  [["t"], "light or dark"],
  [["?"], "these keys"],
];

/** What keys do, over whatever is shown. */
export function Help(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isHelpOpen.value]);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="help-title" onClose={() => (isHelpOpen.value = false)}>
      <header>
        <h2 id="help-title">Keys</h2>
        <button type="button" class="button small quiet" aria-label="Close" onClick={() => (isHelpOpen.value = false)}>
          <Icon name="close" size={14} />
        </button>
      </header>
      <dl class="keys">
        {keys.map(([names, meaning]) => [
          <dt key={meaning}>
            {names.map((name) => (name === "…" ? <span key={name}>…</span> : <kbd key={name}>{name}</kbd>))}
          </dt>,
          <dd key={`${meaning} what`}>{meaning}</dd>,
        ])}
      </dl>
    </dialog>
  );
}
