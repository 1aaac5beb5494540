// What a span may hold: values are cut, and attributes chosen by name.
import { createAttributeLimiter } from "@gossamer/core/limiter";

const limiter = createAttributeLimiter({ valueLength: 12, filters: [{ remove: "user.*" }] });
console.log(JSON.stringify(limiter.limit({ "user.id": 7, note: "a very long note" }).attributes));

// Prints:
// {"note":"a very lo..."}
