/** One message as an agent understands it. */
export interface DogStatsdMessage {
  readonly name: string;
  readonly values: readonly number[];
  readonly type: "c" | "g" | "ms" | "h" | "d" | "s";
  readonly rate: number;
  readonly tags: Readonly<Record<string, string>>;
}

const types: ReadonlySet<string> = new Set(["c", "g", "ms", "h", "d", "s"]);

/**
 * The grammar of DogStatsD datagrams, protocol 1.0 and 1.1, as an agent reads it, written from its description: messages by line; in each the name up
 * to the first colon, values between colons, and fields behind pipes: type, `@` rate, `#` tags. Throws for what an agent would reject.
 *
 * Source: https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export function parseDogStatsd(packet: string): DogStatsdMessage[] {
  return packet
    .split("\n")
    .filter((line) => line !== "")
    .map(parseMessage);
}

function parseMessage(line: string): DogStatsdMessage {
  const [head = "", type = "", ...fields] = line.split("|");
  const colon = head.indexOf(":");
  if (colon <= 0) throw new Error(`no name and value: ${line}`);
  const name = head.slice(0, colon);
  if (!/^[A-Za-z][A-Za-z0-9_.]*$/.test(name)) throw new Error(`no name: ${line}`);
  if (!types.has(type)) throw new Error(`no type: ${line}`);
  const values = head
    .slice(colon + 1)
    .split(":")
    .map(Number);
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) throw new Error(`no values: ${line}`);
  if (values.length > 1 && type === "s") throw new Error(`a set takes one value: ${line}`);
  let rate = 1;
  let tags: Record<string, string> = {};
  for (const field of fields) {
    if (field.startsWith("@")) {
      rate = Number(field.slice(1));
      if (!(rate > 0 && rate <= 1)) throw new Error(`no rate: ${line}`);
    } else if (field.startsWith("#")) tags = parseTags(field.slice(1), line);
    else throw new Error(`an unknown field: ${line}`);
  }
  return { name, values, type: type as DogStatsdMessage["type"], rate, tags };
}

function parseTags(text: string, line: string): Record<string, string> {
  const pairs = text.split(",").map((tag): [string, string] => {
    const colon = tag.indexOf(":");
    if (tag === "" || colon === 0) throw new Error(`an empty tag: ${line}`);
    return colon === -1 ? [tag, ""] : [tag.slice(0, colon), tag.slice(colon + 1)];
  });
  return Object.fromEntries(pairs);
}
