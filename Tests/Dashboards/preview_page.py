"""A dashboard as a web page: its panels on the grid of 24 columns, drawn from the answers to their queries."""

from __future__ import annotations

import time
from html import escape
from typing import Any

from boards import Board, has_data
from live_prometheus import Prometheus, Series
from live_questions import panel_view
from live_variables import View, everything, substituted
from preview_cells import bar_gauge, gauge, stat, table
from preview_charts import timeseries
from preview_fields import field
from preview_frames import Line, frame, legend, transformed
from preview_lanes import lanes

WIDTH, GAP, UNIT, HEAD, MARGIN = 1600, 8, 30, 32, 16

STYLE = """
body { margin: 0; background: #111217; color: #ccccdc; font: 13px "DejaVu Sans", sans-serif; width: 1600px }
header { padding: 14px 16px 0; height: 66px; box-sizing: border-box }
header b { font-size: 19px; font-weight: 500; color: #fff } header small { color: #9a9ba6; margin-left: 14px }
header div { margin-top: 8px; font-size: 12px } header div span { margin-right: 14px; color: #9a9ba6 }
header em { font-style: normal; color: #ccccdc; background: #1f2126; border: 1px solid #2f3138; padding: 1px 8px;
  border-radius: 3px; margin-left: 6px }
main { position: relative } section, h2 { position: absolute; margin: 0; box-sizing: border-box; overflow: hidden }
section { background: #181b1f; border: 1px solid #24262c; border-radius: 3px }
h3 { font-size: 13px; font-weight: 500; margin: 0; padding: 8px 10px 0; height: 22px; overflow: hidden }
h2 { font-size: 15px; font-weight: 500; padding: 6px 0; color: #e4e4ee } h2::before { content: "⌄ "; color: #9a9ba6 }
.none { display: flex; align-items: center; justify-content: center; color: #8e8e8e; font-size: 14px }
.grid { stroke: #2a2c33; stroke-width: 1 } .axis, .lane, .state { fill: #a2a3ae; font-size: 11px }
.lane { fill: #ccccdc } .state { fill: #111217; font-size: 11.5px }
.legend { font-size: 11.5px; overflow: hidden; padding: 2px 10px }
.legend span { margin-right: 14px; white-space: nowrap; display: inline-block; height: 19px }
.legend i { display: inline-block; width: 12px; height: 4px; border-radius: 2px; margin-right: 6px;
  vertical-align: middle }
table { border-collapse: collapse; width: 100% } table.legend { padding: 0 }
.legend td, .legend th { height: 18px; padding: 0 10px; text-align: right; font-weight: 400; white-space: nowrap }
.legend td:first-child { text-align: left }
.legend th { color: #8ab8ff; font-weight: 500 }
.cut { overflow: hidden } .rows th { text-align: left; color: #8ab8ff; font-weight: 500; white-space: nowrap }
.rows th, .rows td { padding: 0 10px; height: 33px; border-bottom: 1px solid #24262c; font-size: 12.5px }
.rows td { white-space: nowrap; max-width: 260px; overflow: hidden; text-overflow: ellipsis } .rows .right { text-align:
  right } .stats { display: flex } .stat { flex: 1; display: flex; flex-direction: column; align-items: center;
  justify-content: center; font-weight: 500; white-space: nowrap; line-height: 1.15 } .name { color: #ccccdc }
footer { position: absolute; left: 16px; color: #8e8e8e; font-size: 12px }
"""


class Painter:
    """Draws the panels of a dashboard from a Prometheus."""

    def __init__(self, board: Board, server: Prometheus, view: View, chosen: dict[str, str]) -> None:
        self.board, self.server, self.view = board, server, view
        self.values = {**everything(board), **chosen}
        self.chosen = chosen

    def answers(self, panel: dict[str, Any]) -> list[tuple[dict[str, Any], list[Series], float]]:
        """What Prometheus says to each query of a panel, and the step."""
        found = []
        for target in panel.get("targets", []):
            step, own = panel_view(panel, target, self.view)
            expression = substituted(target["expr"], {**self.values, **own})
            if target.get("instant") and not target.get("range"):
                answer = self.server.instant(expression, self.view.end)
            else:
                answer = self.server.range(expression, self.view.last(step), self.view.range, step)
            found.append((target, answer, step))
        return found

    def body(self, panel: dict[str, Any], width: int, height: int) -> str:
        """What stands below a panel's title."""
        answers, end = self.answers(panel), self.view.end
        if not any(answer for _, answer, _ in answers):
            words = field(panel, "", end).settings.get("noValue", "No data")
            return f'<div class="none" style="height:{height}px">{escape(words)}</div>'
        if panel["type"] == "table":
            alone = len(answers) == 1
            tables = [frame(target["refId"], answer, alone) for target, answer, _ in answers]
            return table(panel, transformed(panel, tables), width, height, end)
        lines = [Line(legend(target.get("legendFormat", ""), series.labels), series.points, step, target["refId"])
                 for target, answer, step in answers for series in answer]
        if panel["type"] in ("stat", "gauge", "bargauge"):
            draw_value = {"stat": stat, "gauge": gauge, "bargauge": bar_gauge}[panel["type"]]
            return draw_value(panel, lines, width, height, end)
        draw = {"timeseries": timeseries, "state-timeline": lanes, "status-history": lanes}[panel["type"]]
        return draw(panel, lines, width, height, end - self.view.range, end)

    def panel(self, panel: dict[str, Any]) -> str:
        """A panel in its place."""
        place = panel["gridPos"]
        column = (WIDTH - 2 * MARGIN + GAP) / 24
        left, top = round(MARGIN + place["x"] * column), place["y"] * (UNIT + GAP)
        width, height = round(place["w"] * column - GAP), place["h"] * (UNIT + GAP) - GAP
        style = f'style="left:{left}px;top:{top}px;width:{width}px;height:{height}px"'
        if not has_data(panel):
            return f"<h2 {style}>{escape(panel['title'])}</h2>"
        body = self.body(panel, width - 2, height - HEAD)
        return f"<section {style}><h3>{escape(panel['title'])}</h3>{body}</section>"

    def page(self) -> tuple[str, int]:
        """The whole page, and how high it is."""
        data = self.board.data
        panels = "".join(self.panel(panel) for panel in data["panels"])
        bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in data["panels"]) * (UNIT + GAP)
        times = [time.strftime("%Y-%m-%d %H:%M", time.gmtime(at))
                 for at in (self.view.end - self.view.range, self.view.end)]
        shown = "".join(
            f"<span>{escape(variable.get('label') or variable['name'])}<em>"
            f"{escape('Prometheus' if variable['type'] == 'datasource' else self.chosen.get(variable['name'], 'All'))}"
            "</em></span>" for variable in self.board.variables() if not variable.get("hide"))
        head = (f"<header><b>{escape(data['title'])}</b><small>{times[0]} to {times[1]} UTC</small>"
                f"<div>{shown}</div></header>")
        foot = (f'<footer style="top:{66 + bottom + 8}px">preview, drawn without Grafana from the answers of a '
                "Prometheus; the servers are simulated</footer>")
        return (f'<!doctype html><meta charset="utf-8"><title>{escape(data["title"])}</title><style>{STYLE}</style>'
                f"{head}<main>{panels}</main>{foot}", 66 + bottom + 34)
