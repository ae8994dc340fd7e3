"""Where the chances come from, and how good they were on opportunities that they had not seen."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import pipeline_value as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.pipeline.asked import Asked
from tower.ui.tables import show_table
from tower.ui.view import View

_TABLE: dict[str, ColumnKind] = {
    "candidate_name": "text", "split_name": "text", "used": "text", "brier": "number", "auc": "number",
    "calibration_error": "percent", "lift": "number", "worth_found": "percent", "base_rate": "percent",
    "judged_rows": "integer", "judged_subjects": "integer", "training_rows": "integer", "log_loss": "number",
}  # fmt: skip
_CURVE: dict[str, ColumnKind] = {
    "chances": "text", "looks": "integer", "predicted": "percent", "observed": "percent",
}  # fmt: skip


def show_chances(view: View, asked: Asked) -> None:
    """What is used and why, the candidates, and chances against what came."""
    del asked
    text, numbers = view.text, view.numbers
    model = ask(view.warehouse, questions.model)
    if model is None:
        states.empty(text, text("pipeline.no_chances"))
        return
    used = str(model["used"])
    st.markdown(
        text(
            f"pipeline.chances_{model['reason']}", used=text.term("chance_candidate", used),
            count=numbers.integer(model["decided_rows"]),
        )
    )  # fmt: skip
    st.caption(text("pipeline.chances_note"))
    frame = ask(view.warehouse, questions.validation)
    if frame.is_empty():
        return
    splits = [
        text("pipeline.split_all") if split == "all" else text("pipeline.split", day=numbers.day(cutoff))
        for split, cutoff in frame.select("split", "cutoff_date").rows()
    ]
    shown = frame.with_columns(
        pl.Series("candidate_name", [text.term("chance_candidate", one) for one in frame["candidate"]], pl.String),
        pl.Series("split_name", splits, pl.String),
        pl.Series("used", [text("pipeline.used") if one else None for one in frame["is_used"]], pl.String),
        pl.col("brier", "auc", "log_loss").round(4), pl.col("lift").round(2),
    )  # fmt: skip
    show_table(
        view, "win_validation", text("pipeline.validation"), shown, columns_of(view, "pipeline_column", _TABLE),
        note=text("pipeline.validation_note"),
    )  # fmt: skip
    curve = ask(view.warehouse, questions.calibration, used)
    bins = [f"{one * 10}–{one * 10 + 10}%" for one in curve["bin"].to_list()]
    show_table(
        view, "win_calibration", text("pipeline.calibration"),
        curve.with_columns(pl.Series("chances", bins, pl.String)), columns_of(view, "pipeline_column", _CURVE),
        note=text("pipeline.calibration_note"),
    )  # fmt: skip
