import type { JSX } from "preact";
import { useRef } from "preact/hooks";

export interface Mistake {
  readonly message: string;
  /** From 0; undefined where it is of no line. */
  readonly line: number | undefined;
}

export interface JsonEditorProps {
  readonly label: string;
  readonly text: string;
  readonly mistake: Mistake | undefined;
  readonly isReadOnly: boolean;
  readonly change: (text: string) => void;
  readonly submit: () => void;
}

const linePx = 20;

/** Text with line numbers, and what is wrong with it beside the line where it is. Tab leaves it, as everywhere on the page; Ctrl-Enter submits. */
export function JsonEditor({ label, text, mistake, isReadOnly, change, submit }: JsonEditorProps): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = text.split("\n");
  const wrong = mistake?.line;
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <div class={`editor${mistake === undefined ? "" : " wrong"}`}>
      <div class="gutter" aria-hidden="true">
        {lines.map((_, i) => (
          <span key={i} class={i === wrong ? "wrong" : ""}>
            {i + 1}
          </span>
        ))}
      </div>
      <div class="editor-text">
        {wrong !== undefined && <div class="wrong-line" style={{ top: `${8 + wrong * linePx}px` }} />}
        <textarea
          ref={area}
          aria-label={label}
          aria-invalid={mistake !== undefined}
          aria-describedby={mistake === undefined ? undefined : "editor-mistake"}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          wrap="off"
          readOnly={isReadOnly}
          value={text}
          rows={Math.max(8, lines.length)}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={press}
        />
      </div>
      {mistake !== undefined && (
        <p class="mistake" id="editor-mistake" role="alert">
          {wrong !== undefined && <strong>Line {wrong + 1}</strong>} {mistake.message}
        </p>
      )}
    </div>
  );
}
