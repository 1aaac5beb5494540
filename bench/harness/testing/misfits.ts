import type { RunningSubject, Subject } from "../subject.ts";

/** Subjects that end badly, by the name at the end of this module's address. */
const setups: Readonly<Record<string, () => Promise<RunningSubject>>> = {
  "fails-at-set-up": () => Promise.reject(new Error(`process ${process.pid} has nothing to start`)),
  "never-looks-up": () =>
    Promise.resolve({
      run() {
        for (;;) {
          // Nothing else has its turn any more.
        }
      },
    }),
};

const name = new URL(import.meta.url).search.slice(1);

const misfit: Subject = { name, packages: [], setup: setups[name]! };

export default misfit;
