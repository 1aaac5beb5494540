import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { CheckView } from "../../src/protocol.ts";
import { errorText, get } from "../data/api.ts";
import { head, link } from "../data/store.ts";
import { plural } from "../format/figures.ts";
import { settingText } from "../format/values.ts";
import { Chip } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { FilterText } from "../parts/filter-bar.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { InTheProcess } from "../parts/in-the-process.tsx";
import { place, refine } from "../shell/place.ts";

type Severity = CheckView["findings"][number]["severity"];
type Setting = CheckView["settings"][string];

const tones: Readonly<Record<Severity, "bad" | "amber" | "">> = { error: "bad", warning: "amber", info: "" };

export function CheckScreen(): JSX.Element {
  const [view, setView] = useState<CheckView | string | undefined>(undefined);
  const isEngine = head.value?.source === "engine";
  const load = (): void => {
    get<CheckView>("api/check")
      .then(setView)
      .catch((error: unknown) => setView(errorText(error)));
  };
  useEffect(() => {
    if (isEngine && link.value === "open") load();
  }, [isEngine, link.value]);

  if (!isEngine) return <InTheProcess title="Check" />;
  return (
    <>
      <ScreenHead title="Check" about="What to look at before this goes to production">
        <button type="button" class="button" onClick={load}>
          Look again
        </button>
      </ScreenHead>
      {view === undefined && <p class="muted">Looking.</p>}
      {typeof view === "string" && <p class="bad-text">{view}</p>}
      {typeof view === "object" && (
        <>
          <Findings findings={view.findings} />
          <Settings settings={view.settings} />
        </>
      )}
    </>
  );
}

function Findings({ findings }: { findings: CheckView["findings"] }): JSX.Element {
  if (findings.length === 0) {
    return (
      <section class="panel" aria-label="Findings">
        <div class="body good">
          <Icon name="done" /> Nothing to change.
        </div>
      </section>
    );
  }
  return (
    <section class="panel" aria-label="Findings">
      <header>
        <h2>{plural(findings.length, "finding")}</h2>
      </header>
      <ul class="check-list">
        {findings.map(({ id, severity, message, fix }) => (
          <li key={id}>
            <Chip tone={tones[severity]}>{severity}</Chip>
            <div>
              <p>
                <strong class="breaks">{message}</strong>
              </p>
              <p class="muted breaks">{fix}</p>
            </div>
            <code class="faint">{id}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Settings({ settings }: { settings: CheckView["settings"] }): JSX.Element {
  const { query } = place.value;
  const text = (query["text"] ?? "").toLowerCase();
  const isChangedOnly = query["which"] === "chosen";
  const all = Object.entries(settings);
  const chosen = all.filter(([, { from }]) => from !== "default").length;
  const shown = all.filter(
    ([name, setting]) =>
      (!isChangedOnly || setting.from !== "default") &&
      `${name} ${settingText(setting.value)} ${originText(setting)}`.toLowerCase().includes(text),
  );
  return (
    <section class="panel" aria-label="Settings">
      <header>
        <h2>Settings</h2>
        <p>
          {plural(all.length, "option")}, {chosen} of them not the default
        </p>
        <div class="right">
          <FilterText label="Filter settings" placeholder="Filter" />
          <button
            type="button"
            class="button"
            aria-pressed={isChangedOnly}
            onClick={() => refine({ which: isChangedOnly ? undefined : "chosen" })}
          >
            Chosen only
          </button>
        </div>
      </header>
      <div class="table-wrap" role="region" aria-label="All settings" tabIndex={0}>
        <table class="settings">
          <thead>
            <tr>
              <th>Option</th>
              <th title="What holds; secrets are masked">Value</th>
              <th title="Code, a variable, a file, a preset, or the default">From</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(([name, setting]) => (
              <tr key={name}>
                <td class="mono name">{name}</td>
                <td class="mono value" title={settingText(setting.value)}>
                  {settingText(setting.value)}
                </td>
                <td>
                  <Chip tone={setting.from === "default" ? "" : "dew"}>{originText(setting)}</Chip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p class="note pad">No option is like that.</p>}
      </div>
    </section>
  );
}

function originText({ from, variable, preset }: Setting): string {
  return variable ?? (preset === undefined ? from : `preset ${preset}`);
}
