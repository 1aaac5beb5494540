export { answersOf, drive, type InProcessRequest } from "@gossamer/measure/client";
