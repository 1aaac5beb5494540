import type { Sender } from "../pipeline/transport/sender.ts";
import type { CostPart, Timed } from "./cost-meter.ts";

/** A sender whose work on this thread is measured. What the system and other threads do for it is not. */
export function timedSender(sender: Sender, timed: Timed, part: CostPart = "export"): Sender {
  return {
    destination: sender.destination,
    ...(sender.keepsNothing === undefined ? {} : { keepsNothing: sender.keepsNothing }),
    prepare: (parts) => timed(part, () => sender.prepare(parts)),
    send: (body) => timed(part, () => sender.send(body)),
    close: () => sender.close(),
  };
}
