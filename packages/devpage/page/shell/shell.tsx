import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { head, link, lostAt } from "../data/store.ts";
import { Icon } from "../parts/icon.tsx";
import { CheckScreen } from "../screens/check.tsx";
import { LiveScreen } from "../screens/live/live.tsx";
import { LogsScreen } from "../screens/logs/logs.tsx";
import { OverheadScreen } from "../screens/overhead/overhead.tsx";
import { PipelineScreen } from "../screens/pipeline/pipeline.tsx";
import { RoutesScreen } from "../screens/routes/routes.tsx";
import { RulesScreen } from "../screens/rules/rules.tsx";
import { TraceScreen } from "../screens/traces/trace.tsx";
import { TracesScreen } from "../screens/traces/traces.tsx";
import { clockTime } from "../format/figures.ts";
import { Help } from "./help.tsx";
import { place, screenNames, type Screen } from "./place.ts";
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
  const service = head.value?.service.name ?? "Gossamer";
  useEffect(() => {
    document.title = `${screenNames[screen]} · ${service}`;
  }, [screen, service]);
  const View = views[screen];
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        To the content
      </a>
      <Rail />
      <main class={`main${fits.has(screen) ? " brief" : ""}`} id="main" ref={main} tabIndex={-1}>
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
