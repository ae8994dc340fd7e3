"""How good this is: parameters with their errors, chances of churn judged on later looks, and against what came."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import customer_lifecycle as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.kit_words import columns_of
from tower.ui.lifecycle.late_orders import show_effects
from tower.ui.lifecycle.offers import show_offers_quality
from tower.ui.lifecycle.value import NOTHING, sentence
from tower.ui.tables import show_table
from tower.ui.view import View

_PARAMETERS: dict[str, ColumnKind] = {
    "group_name": "text", "model_name": "text", "parameter": "text", "estimate": "number", "standard_error": "number",
    "certainty": "text",
}  # fmt: skip
_VALIDATION: dict[str, ColumnKind] = {
    "candidate_name": "text", "split_name": "text", "used": "text", "brier": "number", "auc": "number",
    "log_loss": "number", "calibration_error": "percent", "base_rate": "percent", "lift": "number",
    "worth_found": "percent", "training_rows": "integer", "judged_rows": "integer", "judged_subjects": "integer",
    "until_date": "day",
}  # fmt: skip
_CURVE: dict[str, ColumnKind] = {"chances": "text", "rows": "integer", "predicted": "percent", "observed": "percent"}


def show_quality(view: View, chosen: Chosen) -> None:
    """Group by group; the models know nothing of the filters."""
    text = view.text
    st.caption(text("lifecycle.quality_note"))
    groups = ask(view.warehouse, questions.groups)
    names = {row["customer_group"]: text.pick(row["label"], row["label_zh"]) for row in groups.iter_rows(named=True)}
    for row in groups.iter_rows(named=True):
        st.markdown(sentence(view, row))
        if row["value_dependence"] is not None and abs(row["value_dependence"]) > 0.3:
            st.caption(text("lifecycle.dependence", value=f"{row['value_dependence']:.2f}"))
        name = names[row["customer_group"]]
        _show_validation(view, row["customer_group"], name, row["churn_by"])
        show_offers_quality(view, row["customer_group"], name)
    show_effects(view)
    _show_parameters(view, names)
    st.caption(text("lifecycle.limits"))


def _show_validation(view: View, group: str, name: str, used: str) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.validation, group)
    if frame.is_empty():
        return
    splits = [
        text("progress.split_all") if split == "all" else text("progress.split", day=numbers.day(cutoff))
        for split, cutoff in frame.select("split", "cutoff_date").rows()
    ]
    ways = [text.term("churn_way", one) for one in frame["candidate"].to_list()]
    shown = frame.with_columns(
        pl.Series("candidate_name", ways, pl.String),
        pl.Series("split_name", splits, pl.String),
        pl.col("brier", "auc", "log_loss", "lift").round(4),
        used=pl.when(pl.col("is_used")).then(pl.lit(text("lifecycle.yes"))),
    )
    title = text("lifecycle.validation", group=name)
    show_table(
        view, f"validation_{group}", title, shown.select(list(_VALIDATION)),
        columns_of(view, "lifecycle_column", _VALIDATION), note=text("lifecycle.validation_note"),
        about=provenance(view, title, is_filtered=False),
    )  # fmt: skip
    if used == NOTHING:
        return
    curve = ask(view.warehouse, questions.calibration, group, used)
    chances = [f"{bin * 10}–{bin * 10 + 10}%" for bin in curve["bin"].to_list()]
    heading = text("lifecycle.calibration", group=name)
    show_table(
        view, f"calibration_{group}", heading, curve.with_columns(pl.Series("chances", chances, pl.String)),
        columns_of(view, "lifecycle_column", _CURVE), about=provenance(view, heading, is_filtered=False),
    )  # fmt: skip


def _show_parameters(view: View, names: dict[str, str]) -> None:
    text = view.text
    frame = ask(view.warehouse, questions.parameters)
    models = {"bg_nbd": "BG/NBD", "gamma_gamma": "Gamma-Gamma"}
    shown = frame.with_columns(
        group_name=pl.col("customer_group").replace(names),
        model_name=pl.col("model").replace(models),
        certainty=pl.when(
            pl.col("standard_error").is_null() | (pl.col("standard_error") > pl.col("estimate").abs())
        ).then(pl.lit(text("lifecycle.uncertain"))),
    ).with_columns(pl.col("estimate", "standard_error").round(4))
    title = text("lifecycle.parameters")
    show_table(
        view, "parameters", title, shown.select(list(_PARAMETERS)), columns_of(view, "lifecycle_column", _PARAMETERS),
        note=text("lifecycle.parameters_note"), empty=text("lifecycle.parameters_none"),
        about=provenance(view, title, is_filtered=False),
    )  # fmt: skip
