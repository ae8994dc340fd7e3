"""How good the predictions are: every candidate on looks that it had not seen, and what follows from it."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import production_progress as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

_TABLE: dict[str, ColumnKind] = {
    "candidate_name": "text", "split_name": "text", "used_for": "text", "base_rate": "percent", "auc": "number",
    "brier": "number", "log_loss": "number", "calibration_error": "percent", "mean_absolute_error_days": "number",
    "pinball_p50_days": "number", "pinball_p90_days": "number", "coverage_p90": "percent", "judged_rows": "integer",
    "ended_rows": "integer", "training_subjects": "integer", "test_subjects": "integer", "cutoff_date": "day",
    "until_date": "day",
}  # fmt: skip
_CURVE: dict[str, ColumnKind] = {"chances": "text", "rows": "integer", "predicted": "percent", "observed": "percent"}


def show_quality(view: View) -> None:
    """What predicts and why, the table of candidates and cutoffs, and chances against shares."""
    text, numbers = view.text, view.numbers
    model = ask(view.warehouse, questions.model)
    if model is None:
        states.empty(text, text("progress.quality_none"))
        return
    st.markdown(
        text(
            f"progress.quality_{model['reason']}",
            probability=text.term("prediction_way", model["used_for_probability"]),
            date=text.term("prediction_way", model["used_for_date"]),
        )
    )  # fmt: skip
    frame = ask(view.warehouse, questions.validation)
    if frame.is_empty():
        return
    used = [
        text.listed([text(f"progress.used_{one}") for one, is_used in (("chance", chance), ("date", day)) if is_used])
        if chance or day
        else None
        for chance, day in frame.select("is_used_for_probability", "is_used_for_date").rows()
    ]
    names = [text.term("prediction_way", one) for one in frame["candidate"].to_list()]
    splits = [
        text("progress.split_all") if split == "all" else text("progress.split", day=numbers.day(cutoff))
        for split, cutoff in frame.select("split", "cutoff_date").rows()
    ]
    rounded = ("auc", "brier", "log_loss", "mean_absolute_error_days", "pinball_p50_days", "pinball_p90_days")
    shown = frame.with_columns(
        pl.Series("used_for", used, pl.String),
        pl.Series("candidate_name", names, pl.String),
        pl.Series("split_name", splits, pl.String),
        pl.col(*rounded).round(3),
    )
    show_table(
        view, "validation", text("progress.quality_title"), shown.select(list(_TABLE)),
        columns_of(view, "prediction_column", _TABLE), note=text("progress.quality_note"),
    )  # fmt: skip
    curve = ask(view.warehouse, questions.calibration, model["used_for_probability"])
    chances = [f"{bin * 10}–{bin * 10 + 10}%" for bin in curve["bin"].to_list()]
    show_table(
        view, "calibration", text("progress.calibration_title"),
        curve.with_columns(pl.Series("chances", chances, pl.String)),
        columns_of(view, "prediction_column", _CURVE), note=text("progress.calibration_note"),
    )  # fmt: skip
    st.caption(text("progress.quality_limits"))
