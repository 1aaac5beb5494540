import { OptionError } from "@gossamer/core";
import { loadWorkload } from "../load-workload.ts";
import { workloadError } from "../workload-error.ts";
import { startHere } from "./local-subject.ts";
import type { Order, Reply } from "./remote-subject.ts";
import type { Subject } from "./subject.ts";

/** The process of one configuration: starts it, then does what it is told, one thing at a time. */
let subject: Subject | undefined;
let configuration = "";

async function obey(order: Order): Promise<unknown> {
  if (order.do === "start") {
    ({ configuration } = order.settings);
    subject = await startHere(await loadWorkload(order.module), order.settings);
    return undefined;
  }
  if (subject === undefined) throw new Error("was not started");
  switch (order.do) {
    case "answers":
      return subject.answers();
    case "warmUp":
      return subject.warmUp(order.plan);
    case "slice":
      return subject.slice(order.plan);
    case "finish":
      return subject.finish();
  }
}

process.on("message", (order: Order) => {
  obey(order).then(
    (answer) => process.send?.({ answer } satisfies Reply),
    (error: unknown) => {
      const told = workloadError(configuration, error);
      const stack = told.cause instanceof Error ? told.cause.stack : undefined;
      const option =
        told instanceof OptionError ? { name: told.option, code: told.code, expectation: told.expectation } : undefined;
      process.send?.({ failed: { message: told.message, stack, option } } satisfies Reply);
    },
  );
});
// Straight away, not by a signal or a natural end: nothing of a service's shutdown is to be waited for.
process.on("disconnect", () => process.exit());
