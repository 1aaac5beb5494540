import type { JSX } from "preact";
import { head } from "../data/store.ts";

/** What to do where nothing came yet. */
export function FirstStep(): JSX.Element {
  const known = head.value;
  if (known?.source === "otlp") {
    return (
      <>
        <p>Send this page what your services export, and it is here as it arrives.</p>
        <code>OTEL_EXPORTER_OTLP_ENDPOINT={known.otlpUrl ?? "http://localhost:4318"}</code>
      </>
    );
  }
  return (
    <>
      <p>Ask {known?.service.name ?? "your service"} for something, and it is here as soon as it has ended.</p>
      <code>curl -i http://localhost:3000/</code>
    </>
  );
}
