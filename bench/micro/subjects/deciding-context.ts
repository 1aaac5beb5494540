import { AsyncLocalStorage } from "node:async_hooks";
import type { Subject } from "../../harness/subject.ts";

/** The measure of deciding: an empty function run in a context. */
const subject: Subject = {
  name: "AsyncLocalStorage.run",
  packages: [],
  setup() {
    const storage = new AsyncLocalStorage<object>();
    const store = {};
    let runs = 0;
    const work = (): void => {
      runs++;
    };
    return Promise.resolve({
      async run(times: number) {
        for (let i = 0; i < times; i++) storage.run(store, work);
      },
      counted: () => runs,
    });
  },
};

export default subject;
