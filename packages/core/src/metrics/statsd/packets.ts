export interface PacketBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export interface Packet {
  readonly bytes: Buffer;
  readonly entries: number;
}

/** Puts entries into packets, one behind the other with line ends between. An entry that is larger than a packet is left out, and told. */
export function packed(entries: readonly string[], bounds: PacketBounds, tooLarge: () => void): Packet[] {
  const packets: Packet[] = [];
  let open: string[] = [];
  let openBytes = 0;
  const close = (): void => {
    if (open.length > 0) packets.push({ bytes: Buffer.from(open.join("\n"), "utf8"), entries: open.length });
    open = [];
    openBytes = 0;
  };
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry);
    if (bytes > bounds.maxBytes) {
      tooLarge();
      continue;
    }
    if (open.length >= bounds.maxEntries || (open.length > 0 && openBytes + 1 + bytes > bounds.maxBytes)) close();
    openBytes += bytes + (open.length > 0 ? 1 : 0);
    open.push(entry);
  }
  close();
  return packets;
}
