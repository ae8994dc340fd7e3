"""The days that a section looks at, in the URL like everywhere, and the days that they are held against."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from tower.ui import filters
from tower.ui.view import View

Days = tuple[date, date]
AGAINST = ("last_year", "before")


def choose_period(view: View) -> Days:
    """Draw the period; its first and last day."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="finance_period"):
        filters.choose_period(view)
        st.caption(written(view, (view.selection.period.start, view.selection.period.end)), width="content")
    return view.selection.period.start, view.selection.period.end


def written(view: View, days: Days) -> str:
    """First and last day in the reader's language."""
    return f"{view.numbers.day(days[0])} – {view.numbers.day(days[1])}"


def days_against(days: Days, against: str) -> Days:
    """The same days a year earlier, or as many days just before."""
    start, end = days
    if against == "before":
        return start - (end - start) - timedelta(days=1), start - timedelta(days=1)
    return _year_earlier(start), _year_earlier(end)


def _year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
