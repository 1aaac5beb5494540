import type { Board } from "./board.ts";
import { collectorBoard } from "./collector-board.ts";
import { serviceBoard } from "./service-board.ts";
import { telemetryBoard } from "./telemetry-board.ts";

/** Every board of `deploy/grafana`. */
export const boards: readonly Board[] = [serviceBoard, telemetryBoard, collectorBoard];
