import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type { Board, BoardPanel, PanelQuery } from "./board.ts";

const source = { type: "prometheus", uid: "$datasource" } as const;
/** Of the 24 columns of a board. */
const panelWidth = 12;
const panelHeight = 8;

/** The board as Grafana imports it. `up` is what every scraped process has, so that the choice of jobs is whole. */
export function toGrafana(board: Board): Dashboard {
  const made = new DashboardBuilder(`Gossamer: ${board.title}`)
    .uid(`gossamer-${board.name}`)
    .description(board.description)
    .tags(["gossamer"])
    .refresh("30s")
    .time({ from: "now-1h", to: "now" })
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(chooser("job", "label_values(up, job)"))
    .withVariable(chooser("instance", 'label_values(up{job=~"$job"}, instance)'));
  for (const { title, panels } of board.rows) {
    made.withRow(new RowBuilder(title));
    for (const panel of panels) made.withPanel(panel.kind === "heatmap" ? drawHeatmap(panel) : drawLines(panel));
  }
  return made.build();
}

function chooser(name: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .query(query)
    .datasource(source)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue(".*");
}

function drawLines(panel: BoardPanel): timeseries.PanelBuilder {
  const made = new timeseries.PanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(source)
    .span(panelWidth)
    .height(panelHeight)
    .unit(panel.unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(panel.kind === "stacked" ? 40 : 8)
    .legend(new common.VizLegendOptionsBuilder().showLegend(true).placement(common.LegendPlacement.Bottom))
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .targets(panel.queries.map((query, i) => queryOf(query, i, panel.unit)));
  if (panel.kind === "stacked") made.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  return made;
}

function drawHeatmap(panel: BoardPanel): heatmap.PanelBuilder {
  return new heatmap.PanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(source)
    .span(panelWidth)
    .height(panelHeight)
    .calculate(false)
    .yAxis(new heatmap.YAxisConfigBuilder().unit(panel.unit))
    .color(new heatmap.HeatmapColorOptionsBuilder().mode(heatmap.HeatmapColorMode.Scheme).scheme("Oranges").steps(64))
    .exemplarsColor("rgba(15,118,110,0.9)")
    .targets(panel.queries.map((query, i) => queryOf(query, i, panel.unit).format(PromQueryFormat.Heatmap)));
}

function queryOf({ expression, legend }: PanelQuery, i: number, unit: BoardPanel["unit"]): DataqueryBuilder {
  return (
    new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + i))
      .datasource(source)
      .expr(expression)
      .legendFormat(legend)
      .range()
      // Durations have some that lead to traces.
      .exemplar(unit === "s")
  );
}
