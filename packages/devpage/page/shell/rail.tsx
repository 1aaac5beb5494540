import type { JSX } from "preact";
import { head, link, snapshot } from "../data/store.ts";
import { Icon } from "../parts/icon.tsx";
import { isHelpOpen } from "./keys.ts";
import { linkTo, place, screenNames, screens, type Screen } from "./place.ts";
import { chooseTheme, themeChoice } from "./theme.ts";

const linkWords = { connecting: "Connecting", open: "Connected", lost: "No answer" } as const;
const linkDots = { connecting: "b4", open: "b2", lost: "b5" } as const;

export function Rail(): JSX.Element {
  const { screen: current } = place.value;
  return (
    <header class="rail">
      <Brand />
      <nav class="nav" aria-label="Screens">
        <ul>
          {screens.map((screen, i) => (
            <li key={screen}>
              <a href={linkTo(screen)} aria-current={screen === current ? "page" : undefined}>
                <Icon name={screen} />
                {screenNames[screen]}
                <Badge screen={screen} digit={i + 1} />
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="rail-foot">
        <div class="link-state" role="status" title={linkWords[link.value]}>
          <span class={`dot ${linkDots[link.value]}`} />
          <span>{linkWords[link.value]}</span>
        </div>
        <div class="segments" role="group" aria-label="Colours">
          {(["auto", "light", "dark"] as const).map((choice) => (
            <button
              type="button"
              key={choice}
              aria-pressed={themeChoice.value === choice}
              onClick={() => chooseTheme(choice)}
            >
              {choice === "auto" ? "Auto" : choice === "light" ? "Light" : "Dark"}
            </button>
          ))}
        </div>
        <button type="button" class="button small quiet help-button" onClick={() => (isHelpOpen.value = true)}>
          <Icon name="keys" size={16} /> Keys <kbd>?</kbd>
        </button>
      </div>
    </header>
  );
}

function Brand(): JSX.Element {
  const known = head.value;
  const about =
    known === undefined
      ? ""
      : [
          known.source === "otlp" ? known.otlpUrl?.replace("http://", "at ") : known.service.environment,
          known.service.version,
        ]
          .filter((word) => word !== undefined)
          .join(" · ");
  return (
    <div class="brand">
      <Icon name="web" size={28} />
      <div>
        <strong
          title={
            known === undefined
              ? undefined
              : `${known.service.name}, pid ${known.process.pid}, Node ${known.process.node}`
          }
        >
          {known?.service.name ?? "Gossamer"}
        </strong>
        <small>{about === "" ? "Gossamer" : about}</small>
      </div>
    </div>
  );
}

/** What asks for a look, else the screen's key. */
function Badge({ screen, digit }: { screen: Screen; digit: number }): JSX.Element {
  const now = snapshot.value;
  if (screen === "overhead" && now?.overhead !== undefined && now.overhead.step !== "full") {
    return <span class="count">{now.overhead.step}</span>;
  }
  if (screen === "rules" && now?.dryRun !== undefined) return <span class="count">dry run</span>;
  if (screen === "pipeline" && now?.pipeline?.accounts.some(({ isBalanced }) => !isBalanced) === true) {
    return <span class="count">check</span>;
  }
  return (
    <span class="key" aria-hidden="true">
      {digit}
    </span>
  );
}
