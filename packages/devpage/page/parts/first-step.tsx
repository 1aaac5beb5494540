import type { JSX } from "preact";
import { head } from "../data/store.ts";
import { Command } from "./command.tsx";

/** What to do where nothing came yet. */
export function FirstStep(): JSX.Element {
  const known = head.value;
  if (known?.source === "otlp") {
    return (
      <>
        <p>Start a service with this, and what it exports is here as it arrives.</p>
        <Command text={`OTEL_EXPORTER_OTLP_ENDPOINT=${known.otlpUrl ?? "http://localhost:4318"}`} />
      </>
    );
  }
  return (
    <>
      <p>
        Ask {known?.service.name ?? "your service"} for something, on the port where it listens; a request is here as
        soon as it has ended.
      </p>
      <Command text="curl -i http://localhost:3000/" />
    </>
  );
}
