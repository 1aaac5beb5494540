import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type RowKey, type RowSlots, rowSlots } from "./row-slots.ts";

export interface VirtualRowsProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly rowPx: number;
  readonly keyOf: (item: T) => RowKey;
  readonly render: (item: T, index: number) => ComponentChildren;
  /** As high as its rows, up to this; without it, it fills its place. */
  readonly maxPx?: number;
}

const beyond = 6;

/**
 * A list of which only the rows in sight are in the document. What is read stays where it is while rows come in above. Up, Down, `j` and `k` go from row to
 * row: each row has one element with `data-row`. What draws a row has no
 * state of its own: when the row has gone, its elements show another.
 */
export function VirtualRows<T>({ label, items, rowPx, keyOf, render, maxPx }: VirtualRowsProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  /** The row that a key asked for, until it has the focus. */
  const wanted = useRef<number | undefined>(undefined);
  /** The row that has the focus: it stays in the document wherever it goes, or the focus would be gone with it. */
  const focused = useRef<RowKey | undefined>(undefined);
  const slots = useRef<RowSlots>(new Map());
  const anchor = useRef<{ readonly key: RowKey; readonly index: number } | undefined>(undefined);

  const look = (): void => {
    const element = box.current;
    if (element === null) return;
    const { scrollTop: top, clientHeight: height } = element;
    setView((before) => (before.top === top && before.height === height ? before : { top, height }));
    const index = Math.floor(top / rowPx);
    const item = items[index];
    anchor.current = top < rowPx || item === undefined ? undefined : { key: keyOf(item), index };
  };

  useLayoutEffect(() => {
    const element = box.current;
    const held = anchor.current;
    if (element !== null && held !== undefined) {
      const index = items.findIndex((item) => keyOf(item) === held.key);
      if (index >= 0 && index !== held.index) element.scrollTop += (index - held.index) * rowPx;
    }
    look();
  }, [items]);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [rowPx]);

  const focusWanted = (): void => {
    const row = box.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] [data-row]`);
    if (row === null || row === undefined) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  };
  useLayoutEffect(focusWanted);

  const first = Math.max(0, Math.floor(view.top / rowPx) - beyond);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowPx) + beyond);

  const step = (event: KeyboardEvent): void => {
    const by =
      event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
    const element = box.current;
    if (by === 0 || element === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = document.activeElement?.closest<HTMLElement>("[data-index]");
    const from = wanted.current ?? (row === null || row === undefined ? first - by : Number(row.dataset["index"]));
    const index = from + by;
    if (index < 0 || index >= items.length) return;
    event.preventDefault();
    const top = index * rowPx;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowPx > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowPx - element.clientHeight;
    look();
    // Until the row is there the list has the focus, so that no key is lost.
    wanted.current = index;
    element.focus({ preventScroll: true });
    focusWanted();
  };

  const noteFocus = ({ target }: FocusEvent): void => {
    const row = (target as Element).closest<HTMLElement>("[data-index]");
    const item = row === null ? undefined : items[Number(row.dataset["index"])];
    focused.current = item === undefined ? undefined : keyOf(item);
  };

  const inSight = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  const away = focused.current === undefined ? -1 : items.findIndex((item) => keyOf(item) === focused.current);
  if (away >= last) inSight.push(away);
  else if (away >= 0 && away < first) inSight.unshift(away);
  const keyAt = (i: number): RowKey => keyOf(items[i] as T);
  slots.current = rowSlots(slots.current, inSight.map(keyAt), focused.current);
  const rows: JSX.Element[] = [];
  for (const i of inSight) {
    const item = items[i] as T;
    rows.push(
      <li
        key={slots.current.get(keyAt(i))}
        data-index={i}
        aria-setsize={items.length}
        aria-posinset={i + 1}
        style={{ top: `${i * rowPx}px`, height: `${rowPx}px` }}
      >
        {render(item, i)}
      </li>,
    );
  }
  return (
    <div
      class="rows"
      ref={box}
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={look}
      onKeyDown={step}
      onFocusIn={noteFocus}
      style={
        maxPx === undefined ? {} : { flex: "none", height: `${Math.min(maxPx, items.length * rowPx)}px`, minHeight: 0 }
      }
    >
      <ul class="rows-inner" style={{ height: `${items.length * rowPx}px` }}>
        {rows}
      </ul>
    </div>
  );
}
