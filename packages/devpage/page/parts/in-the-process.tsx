import type { JSX } from "preact";
import { Empty } from "./basics.tsx";
import { Command } from "./command.tsx";
import { ScreenHead } from "./screen-head.tsx";

/** For what a receiver cannot know of the services that send to it. */
export function InTheProcess({ title }: { title: string }): JSX.Element {
  return (
    <>
      <ScreenHead title={title} />
      <div class="panel">
        <Empty icon="overhead" title="This lives in the service's own process">
          <p>
            This page shows what others sent. Open it inside a service to see what that one decides, and what it costs.
          </p>
          <Command text="node --import @gossamer/devpage app.js" />
        </Empty>
      </div>
    </>
  );
}
