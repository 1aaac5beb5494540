import { signal } from "@preact/signals";
import { go, screens } from "./place.ts";
import { chooseTheme, theme } from "./theme.ts";

export const isHelpOpen = signal(false);

/** What the screen that is shown does on a key; each screen sets its own. */
const ofScreen = new Map<string, () => void>();

/** Lets a key mean something until the function that is answered is called. */
export function onKey(key: string, act: () => void): () => void {
  ofScreen.set(key, act);
  return () => {
    if (ofScreen.get(key) === act) ofScreen.delete(key);
  };
}

/** Keys go to whoever is written into. */
function isWriting({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event;
    // The dialog is closed by the browser.
    if (key === "Escape" && isHelpOpen.value) return;
    if (key === "Escape" && isWriting(event)) (target as HTMLElement).blur();
    else if (isWriting(event)) return;
    if (actOn(key)) event.preventDefault();
  });
}

function actOn(key: string): boolean {
  const screen = screens[Number(key) - 1];
  if (screen !== undefined) {
    go(screen);
    return true;
  }
  if (key === "?") {
    isHelpOpen.value = !isHelpOpen.value;
    return true;
  }
  if (key === "t") {
    chooseTheme(theme.value === "dark" ? "light" : "dark");
    return true;
  }
  if (key === "/") {
    const filter = document.querySelector<HTMLInputElement>("[data-filter]");
    filter?.focus();
    return filter !== null;
  }
  const act = ofScreen.get(key);
  act?.();
  return act !== undefined;
}
