import type { Subject } from "../../harness/subject.ts";
import { attributesThrough } from "./attributes-through.ts";

const limits = {
  valueLength: 1_024,
  truncateMarker: "...",
  arrayItems: 100,
  attributes: 64,
  events: 128,
  links: 32,
  eventAttributes: 64,
  linkAttributes: 64,
  names: undefined,
};

const subject: Subject = attributesThrough(
  "8 attributes through the limits",
  ({ putLimitedAll }) =>
    (list, attributes) => {
      putLimitedAll(list, attributes, limits);
    },
);

export default subject;
