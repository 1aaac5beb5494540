import type { Subject } from "../../harness/subject.ts";

/** What an Express service imports and starts; the import and the start are what is measured. */
const subject: Subject = {
  name: "Gossamer, import and start",
  packages: ["@gossamer/express"],
  async setup({ serviceName, sinkUrl }) {
    const { telemetry } = await import("@gossamer/express");
    telemetry({ serviceName, sampleRatio: 0.01, otlp: { endpoint: sinkUrl } });
    return { run: async () => {} };
  },
};

export default subject;
