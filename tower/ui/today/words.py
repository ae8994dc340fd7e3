"""Alerts in words: what is wrong with what, and the figures that show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tower.ui.view import View

# Units of evidence as the screens write them.
_UNITS = {"rate": "percent", "pieces": "quantity", "money": "money", "days": "days", "hours": "hours", "count": "count"}


def subject(view: View, row: Mapping[str, Any]) -> str:
    """What an alert is about: its name, with the id where the name does not hold it."""
    name = view.text.pick(row["subject_name"], row["subject_name_zh"]) or str(row["subject_id"])
    identity = str(row["subject_id"])
    return name if identity in name else f"{name} ({identity})" if row["subject_type"] != "family" else name


def says(view: View, row: Mapping[str, Any]) -> str:
    """The alert in one sentence."""
    sentence = view.text.term("alert_says", str(row["kind"]))
    return sentence.replace("{subject}", subject(view, row))


def suggestion(view: View, row: Mapping[str, Any]) -> str:
    """The suggested action and what it would do, or that nobody simulated it."""
    text = view.text
    action = text.term("alert_action", str(row["action"]))
    if not row["is_simulated"]:
        return text("today.action_not_simulated", action=action)
    change = float(row["late_value_change"] or 0.0)
    money = view.numbers.value(abs(change), "money")
    if abs(change) < 1.0:
        return text("today.action_frees_nothing", action=action)
    return text("today.action_frees" if change < 0 else "today.action_shows_more", action=action, money=money)


def figure(view: View, value: float | None, unit: str) -> str:
    """A figure of the evidence with its unit."""
    return view.numbers.value(value, _UNITS.get(unit, "count"))
