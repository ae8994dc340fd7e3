"""Alerts in words for a reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tower.digest import words
from tower.ui.view import View

# Units of evidence as the screens write them.
_UNITS = {"rate": "percent", "pieces": "quantity", "money": "money", "days": "days", "hours": "hours", "count": "count"}


def says(view: View, row: Mapping[str, Any]) -> str:
    """The alert in one sentence."""
    return words.says(view.text, row)


def suggestion(view: View, row: Mapping[str, Any]) -> str:
    """The suggested action and what it would do, or that nobody simulated it."""
    return words.suggestion(view.text, view.numbers, row)


def figure(view: View, value: float | None, unit: str) -> str:
    """A figure of the evidence with its unit."""
    return view.numbers.value(value, _UNITS.get(unit, "count"))
