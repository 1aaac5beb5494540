/** Flags that make sense in one process alone: what it runs, who debugs it, what it writes about itself. */
const ownFlags = /^--(?:inspect|test|watch|cpu-prof|heap-prof|prof|trace-|diagnostic-dir|check|interactive|expose-gc)/;
/** Flags whose next word belongs to them. */
const programFlags: ReadonlySet<string> = new Set(["-e", "--eval", "-p", "--print", "-pe", "-c", "-i"]);

/** Of the flags this process was started with, those that a measured one needs too: loaders, conditions, V8's own. */
export function inheritedFlags(flags: readonly string[]): string[] {
  const inherited: string[] = [];
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i]!;
    if (programFlags.has(flag)) i++;
    else if (!ownFlags.test(flag) && !flag.startsWith("--input-type")) inherited.push(flag);
  }
  return inherited;
}
