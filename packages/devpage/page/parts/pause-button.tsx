import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { onKey } from "../shell/keys.ts";
import { Icon } from "./icon.tsx";

export interface Pausable<T> {
  /** What is shown: what comes, or what was there when it was paused. */
  readonly shown: T;
  readonly isPaused: boolean;
  readonly toggle: () => void;
}

/** Lets a list that moves be held; `p` does it too. */
export function usePause<T>(coming: T): Pausable<T> {
  const [held, hold] = useState<{ readonly value: T } | undefined>(undefined);
  const toggle = (): void => hold(held === undefined ? { value: coming } : undefined);
  useEffect(() => onKey("p", toggle));
  return { shown: held === undefined ? coming : held.value, isPaused: held !== undefined, toggle };
}

export function PauseButton({ isPaused, toggle }: Omit<Pausable<unknown>, "shown">): JSX.Element {
  return (
    <button type="button" class="button" aria-pressed={isPaused} title="p" onClick={toggle}>
      <Icon name={isPaused ? "play" : "pause"} size={14} />
      {isPaused ? "Go on" : "Pause"}
    </button>
  );
}
