import type { Subject } from "../../harness/subject.ts";
import { makeRequest } from "./ended-request.ts";

/** The objects of a request, its end told, and nobody who logs. */
const subject: Subject = {
  name: "request objects alone",
  packages: [],
  async setup() {
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          const { response } = makeRequest();
          response.emit("finish");
          response.emit("close");
        }
      },
    };
  },
};

export default subject;
