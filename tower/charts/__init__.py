"""Frames in, plotly figures out. No streamlit here, no query, no arithmetic beyond what a drawing needs."""

from plotly.graph_objects import Figure

from tower.charts.bars import bar_figure
from tower.charts.compared_months import compared_months_figure
from tower.charts.damper import damper_figure
from tower.charts.forecast_course import CourseNames, forecast_course_figure
from tower.charts.gantt import GanttNames, gantt_figure
from tower.charts.lead_times import lead_time_figure
from tower.charts.lines import Line, lines_figure
from tower.charts.load import load_figure
from tower.charts.projected_stock import SeriesNames, projected_stock_figure
from tower.charts.trend import trend_figure

__all__ = [
    "CourseNames",
    "Figure",
    "GanttNames",
    "Line",
    "SeriesNames",
    "bar_figure",
    "compared_months_figure",
    "damper_figure",
    "forecast_course_figure",
    "gantt_figure",
    "lead_time_figure",
    "lines_figure",
    "load_figure",
    "projected_stock_figure",
    "trend_figure",
]
