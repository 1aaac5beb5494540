import { computed, effect, signal } from "@preact/signals";

export type ThemeChoice = "auto" | "light" | "dark";

const key = "gossamer-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(system.matches);
system.addEventListener("change", ({ matches }) => {
  isSystemDark.value = matches;
});

export const themeChoice = signal<ThemeChoice>(stored());
export const theme = computed(() =>
  themeChoice.value === "auto" ? (isSystemDark.value ? "dark" : "light") : themeChoice.value,
);

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

/** Where nothing can be stored it holds until the page is closed. */
export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  try {
    localStorage.setItem(key, choice);
  } catch {
    return;
  }
}

function stored(): ThemeChoice {
  try {
    const choice = localStorage.getItem(key);
    return choice === "light" || choice === "dark" ? choice : "auto";
  } catch {
    return "auto";
  }
}

const narrow = matchMedia("(max-width: 760px)");
/** Whether the page is as narrow as a phone. */
export const isNarrow = signal(narrow.matches);
narrow.addEventListener("change", ({ matches }) => {
  isNarrow.value = matches;
});

/** A colour of the theme as CSS has it, for what is drawn on a canvas. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
