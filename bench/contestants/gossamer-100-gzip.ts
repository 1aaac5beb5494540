import type { Contestant } from "./contestant.ts";
import { gossamer } from "./gossamer.ts";

const gossamer100Gzip: Contestant = gossamer({
  name: "Gossamer 100 %, gzip",
  options: { sampleRatio: 1 },
  compression: "gzip",
  ratio: 1,
});

export default gossamer100Gzip;
