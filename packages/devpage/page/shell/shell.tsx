import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { head, link, lostAt } from "../data/store.ts";
import { Icon } from "../parts/icon.tsx";
import { CheckScreen } from "../screens/check.tsx";
import { LiveScreen } from "../screens/live.tsx";
import { LogsScreen } from "../screens/logs.tsx";
import { OverheadScreen } from "../screens/overhead.tsx";
import { PipelineScreen } from "../screens/pipeline.tsx";
import { RoutesScreen } from "../screens/routes.tsx";
import { RulesScreen } from "../screens/rules.tsx";
import { TraceScreen } from "../screens/trace.tsx";
import { TracesScreen } from "../screens/traces.tsx";
import { clockTime } from "../format/figures.ts";
import { isHelpOpen } from "./keys.ts";
import { place, type Screen } from "./place.ts";
import { Rail } from "./rail.tsx";
import { Vitals } from "./vitals.tsx";

const views: Readonly<Record<Screen, () => JSX.Element>> = {
  routes: RoutesScreen,
  live: LiveScreen,
  traces: TracesScreen,
  logs: LogsScreen,
  pipeline: PipelineScreen,
  overhead: OverheadScreen,
  rules: RulesScreen,
  check: CheckScreen,
};

/** These fill the window and scroll inside. */
const fits: ReadonlySet<Screen> = new Set(["live", "logs"]);

export function Shell(): JSX.Element {
  const { screen, id } = place.value;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    if (main.current !== null) main.current.scrollTop = 0;
  }, [screen, id]);
  const View = views[screen];
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        To the content
      </a>
      <Rail />
      <main class="main" id="main" ref={main} tabIndex={-1}>
        {link.value === "lost" && (
          <div class="banner" role="status">
            <Icon name="warn" />
            <span>
              The service has not answered since {clockTime(lostAt.value, false)}. What you see is from before; it goes
              on by itself.
            </span>
          </div>
        )}
        <Vitals />
        {head.value === undefined ? (
          <div class="screen">
            <p class="muted">{link.value === "lost" ? "Waiting for the service." : "Connecting."}</p>
          </div>
        ) : (
          <div class={`screen screen-${screen}${fits.has(screen) ? " fits" : ""}`} key={screen}>
            {screen === "traces" && id !== undefined ? <TraceScreen traceId={id} key={id} /> : <View />}
          </div>
        )}
      </main>
      <Help />
    </>
  );
}

const keys: readonly (readonly [readonly string[], string])[] = [
  [["1", "…", "8"], "to a screen"],
  [["/"], "into the filter"],
  [["j", "k"], "down and up in a list"],
  [["Enter"], "open what is focused"],
  [["p"], "pause and go on, in Live and Logs"],
  [["Esc"], "close, or back"],
  [["t"], "light or dark"],
  [["?"], "these keys"],
];

function Help(): JSX.Element {
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
