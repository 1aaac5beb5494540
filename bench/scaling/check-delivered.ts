import type { Delivered } from "../harness/contestant-check.ts";
import { oursOf, type Axis } from "./axes.ts";
import { nameOf } from "./scaling-point.ts";

/**
 * Throws when spans or attributes that an axis is about did not arrive: what is cut off on the way costs nothing.
 *
 * Looks at points where everything is sampled. Attributes of child spans are not counted by the sink; there the bytes must grow.
 */
export function checkDelivered({ name, points }: Axis, delivered: ReadonlyMap<string, Delivered>): void {
  const sampled = points.filter(({ at }) => at.ratio === 1);
  let bytesBefore = 0;
  let ownAttributes: number | undefined;
  for (const { at } of sampled) {
    const sum = delivered.get(nameOf(oursOf(at)));
    if (sum === undefined) throw new Error(`${name}: nothing arrived of "${nameOf(at)}".`);
    const spans = sum.spans / sum.requests;
    if (spans !== 1 + at.children)
      throw new Error(`${name}: ${spans} spans a request arrived, not ${1 + at.children} ("${nameOf(at)}").`);
    const attributes = sum.serverAttributes / sum.serverSpans;
    ownAttributes ??= attributes - at.attributes;
    if (attributes !== ownAttributes + at.attributes)
      throw new Error(
        `${name}: ${attributes} attributes arrived, not ${ownAttributes + at.attributes} ("${nameOf(at)}").`,
      );
    const bytes = sum.wireBytes / sum.requests;
    if (at.childAttributes > 0 && bytes < bytesBefore + 8 * at.childAttributes)
      throw new Error(
        `${name}: with ${at.childAttributes} attributes ${bytes} bytes arrived, with fewer ${bytesBefore}.`,
      );
    bytesBefore = at.childAttributes === 0 ? bytes : bytesBefore;
  }
}
