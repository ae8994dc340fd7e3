"""Frames in, plotly figures out. No streamlit here, no query, no arithmetic beyond what a drawing needs."""

from plotly.graph_objects import Figure

from tower.charts.bars import bar_figure
from tower.charts.trend import trend_figure

__all__ = ["Figure", "bar_figure", "trend_figure"]
