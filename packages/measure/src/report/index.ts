export { type AxisPanel, axisPlot } from "./axis-plot.ts";
export { describeMachine, type Machine } from "./machine.ts";
