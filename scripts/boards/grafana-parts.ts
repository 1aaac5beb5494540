import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import type * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

/** The types by which the parts of a board are judged: a schema is made of each, by its name. */
export interface GrafanaParts {
  BoardPart: BoardPart;
  LinesPart: LinesPart;
  FieldsPart: FieldsPart;
  HeatmapPart: HeatmapPart;
  QueryPart: QueryPart;
}

export interface BoardPart {
  value: Dashboard;
}

export interface LinesPart {
  value: timeseries.Options;
}

export interface FieldsPart {
  value: timeseries.FieldConfig;
}

export interface HeatmapPart {
  value: heatmap.Options;
}

export interface QueryPart {
  value: Dataquery;
}
