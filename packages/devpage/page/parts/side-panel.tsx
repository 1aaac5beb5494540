import type { ComponentChildren, JSX } from "preact";
import { Icon } from "./icon.tsx";

export interface SidePanelProps {
  readonly label: string;
  readonly title: ComponentChildren;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** All about one thing of a list, beside it. */
export function SidePanel({ label, title, close, children }: SidePanelProps): JSX.Element {
  return (
    <aside class="panel side" aria-label={label}>
      <header>
        <h2 class="breaks">{title}</h2>
        <button type="button" class="button small quiet" aria-label="Close" title="Esc" onClick={close}>
          <Icon name="close" size={14} />
        </button>
      </header>
      {children}
    </aside>
  );
}
