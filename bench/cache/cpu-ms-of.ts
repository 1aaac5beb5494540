import { readFile } from "node:fs/promises";

/** Linux counts in hundredths of a second. */
const msATick = 10;

/** The CPU time that a process has used so far, in the kernel and out of it. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may have anything in it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * msATick;
}
