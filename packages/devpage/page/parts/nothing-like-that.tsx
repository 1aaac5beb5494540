import type { JSX } from "preact";
import { Empty } from "./basics.tsx";
import type { IconName } from "./icon.tsx";

/** Where filters leave nothing. */
export function NothingLikeThat({ icon, noun }: { icon: IconName; noun: string }): JSX.Element {
  return (
    <Empty icon={icon} title={`No ${noun} is like that`}>
      <p>Others are here: take a filter away to see them.</p>
    </Empty>
  );
}
