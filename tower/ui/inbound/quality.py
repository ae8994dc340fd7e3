"""How good the predicted dates were on what they had not seen, against the plain rules."""

from __future__ import annotations

import polars as pl

from tower.exports import ColumnKind
from tower.queries import open_supply as questions
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.tables import show_table
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "predicted": "text", "candidate_name": "text", "used": "text", "mean_absolute_error_days": "number",
    "pinball_days": "number", "coverage_p50": "percent", "coverage_p90": "percent", "base_rate": "percent",
    "auc": "number", "brier": "number", "test_rows": "integer",
}  # fmt: skip


def show_quality(view: View, plants: tuple[str, ...]) -> None:
    """One table; the choice of what is used follows from it."""
    del plants
    text = view.text
    frame = ask(view.warehouse, questions.validation)
    used = (
        pl.when((pl.col("is_used_for_probability") == 1) & (pl.col("is_used_for_date") == 1))
        .then(pl.lit(text("inbound.used_both")))
        .when(pl.col("is_used_for_probability") == 1)
        .then(pl.lit(text("inbound.used_probability")))
        .when(pl.col("is_used_for_date") == 1)
        .then(pl.lit(text("inbound.used_date")))
        .otherwise(pl.lit(""))
    )
    shown = frame.with_columns(
        pl.col("mean_absolute_error_days", "pinball_days").round(2), pl.col("auc", "brier").round(3),
        predicted=pl.col("model").replace({one: text(f"inbound.{one}") for one in frame["model"].unique()}),
        candidate_name=pl.col("candidate").replace(
            {one: text.term("arrival_candidate", one) for one in frame["candidate"].unique()}
        ),
        used=used,
    )  # fmt: skip
    show_table(
        view, "arrival_quality", text("inbound.quality"), shown, columns_of(view, "inbound_column", _COLUMNS),
        note=text("inbound.quality_note"), empty=text("inbound.quality_none"),
    )  # fmt: skip
