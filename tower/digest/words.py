"""Alerts in words: what is wrong with what, and what is suggested. The screens and the digest say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tower.i18n import Numbers, Text


def subject(text: Text, row: Mapping[str, Any]) -> str:
    """What an alert is about: its name, with the id where the name does not hold it."""
    name = text.pick(row["subject_name"], row["subject_name_zh"]) or str(row["subject_id"])
    identity = str(row["subject_id"])
    return name if identity in name or row["subject_type"] == "family" else f"{name} ({identity})"


def says(text: Text, row: Mapping[str, Any]) -> str:
    """The alert in one sentence."""
    return text.term("alert_says", str(row["kind"])).replace("{subject}", subject(text, row))


def suggestion(text: Text, numbers: Numbers, row: Mapping[str, Any]) -> str:
    """The suggested action and what it would do, or that nobody simulated it; in Markdown."""
    action = text.term("alert_action", str(row["action"]))
    if not row["is_simulated"]:
        return text("today.action_not_simulated", action=action)
    change = float(row["late_value_change"] or 0.0)
    if abs(change) < 1.0:
        return text("today.action_frees_nothing", action=action)
    money = numbers.value(abs(change), "money")
    return text("today.action_frees" if change < 0 else "today.action_shows_more", action=action, money=money)
