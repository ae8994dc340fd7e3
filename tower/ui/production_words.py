"""Production orders in the reader's words: what they make, their warnings, and why they are predicted as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tower.queries.production_progress import WARNINGS
from tower.ui.kit_words import worded
from tower.ui.view import View

# How a fact is written: these are shares, all others are numbers of days, hours or pieces.
_SHARES = frozenset({"remaining_share", "short_share", "item_late_share"})
_WHOLE = frozenset({"days_to_due", "planned_days", "days_to_start", "days_since_start", "remaining_operations",
                    "queue_orders", "short_parts"})  # fmt: skip


def with_words(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """With the columns that a reader sees: `made`, `status`, `warnings`, `cause`."""
    text = view.text
    rows = list(frame.iter_rows(named=True))
    warned = [warnings_of(view, row) for row in rows]
    causes = [cause(view, row) for row in rows]
    statuses = [text.term("progress_status", row["order_status"]) for row in rows]
    return worded(view, frame.drop("kit_status")).with_columns(
        pl.Series("warnings", warned, pl.String),
        pl.Series("cause", causes, pl.String),
        pl.Series("status", statuses, pl.String),
    )


def warnings_of(view: View, row: Mapping[str, Any]) -> str | None:
    """The warnings of one order, in words; None without any."""
    text = view.text
    found = [text(f"progress_warning.{one}") for one in WARNINGS if row[f"warns_{one}"]]
    return " · ".join(found) or None


def cause(view: View, row: Mapping[str, Any]) -> str | None:
    """The fact that pushes the prediction furthest its way; None where a plain rule predicts."""
    return None if not row["reason"] else fact(view, row["reason"], row["reason_value"], row["reason_usual"])


def fact(view: View, feature: str, value: float | None, usual: float | None) -> str:
    """One fact in a sentence, with what is usual."""
    text = view.text
    if value is None:
        return text(f"progress_fact_missing.{feature}") if text.has(f"progress_fact_missing.{feature}") else text(
            "progress.fact_unknown", fact=text(f"progress_fact_name.{feature}")
        )  # fmt: skip
    if feature == "is_subcontract":
        return text("progress_fact.subcontract" if value else "progress_fact.own_plant")
    said = _number(view, feature, abs(value))
    key = f"{feature}_past" if value < 0 and text.has(f"progress_fact.{feature}_past") else feature
    sentence = text(f"progress_fact.{key}", value=said if key != feature else _number(view, feature, value))
    # "Should have started 3 d ago" has no usual that could stand beside it when others start in 2 days.
    if usual is None or usual == value or (key != feature and usual >= 0):
        return sentence
    return (
        f"{sentence} {text('progress.usually', value=_number(view, feature, abs(usual) if key != feature else usual))}"
    )


def effect(view: View, explains: str, moved: float) -> str:
    """What a fact moves: points of chance, or days."""
    text = view.text
    sign = "+" if moved >= 0 else "−"
    if explains == "probability":
        return text("progress.points", value=f"{sign}{_plain(abs(moved) * 100, 1)}")
    return text("progress.days", value=f"{sign}{_plain(abs(moved), 1)}")


def _number(view: View, feature: str, value: float) -> str:
    if feature in _SHARES:
        return view.numbers.value(value, "percent", 0)
    return _plain(value, 0 if feature in _WHOLE else 1)


def _plain(value: float, digits: int) -> str:
    written = f"{abs(value):,.{digits}f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return f"−{written}" if value < 0 and written != "0" else written
