import type { ComponentChildren, JSX } from "preact";

export interface ScreenHeadProps {
  readonly title: string;
  /** In a few words, behind it. */
  readonly about?: ComponentChildren;
  /** What one can do, at the right. */
  readonly children?: ComponentChildren;
}

/** What each screen begins with. */
export function ScreenHead({ title, about, children }: ScreenHeadProps): JSX.Element {
  return (
    <div class="screen-head">
      <h1>{title}</h1>
      {about !== undefined && <p>{about}</p>}
      {children !== undefined && <div class="right">{children}</div>}
    </div>
  );
}
