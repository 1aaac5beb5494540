import type { JSX } from "preact";
import { CopyButton } from "./basics.tsx";

/** What to type elsewhere, to be copied. */
export function Command({ text }: { text: string }): JSX.Element {
  return (
    <span class="command">
      <code>{text}</code>
      <CopyButton label="Copy" text={() => text} />
    </span>
  );
}
