"""Frames in, plotly figures out. No streamlit here, no query, no arithmetic beyond what a drawing needs."""

from tower.charts.bars import bar_figure
from tower.charts.trend import trend_figure

__all__ = ["bar_figure", "trend_figure"]
