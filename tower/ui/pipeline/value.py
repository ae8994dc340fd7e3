"""What the pipeline is worth against what is still to be sold, and the demand that it holds."""

from __future__ import annotations

import polars as pl

from tower.exports import ColumnKind
from tower.queries import pipeline_value as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.pipeline.asked import Asked
from tower.ui.pipeline.opportunities import named_item
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_COVERAGE: dict[str, ColumnKind] = {
    "name": "text", "opportunities": "integer", "value": "money", "chance_value": "money", "stated_value": "money",
    "quota": "money", "intake": "money", "remaining": "money", "coverage": "number",
}  # fmt: skip
_DEMAND: dict[str, ColumnKind] = {
    "month": "text", "item_id": "text", "item": "text", "weighted_quantity": "quantity", "quantity": "quantity",
    "base_uom": "text", "opportunities": "integer", "weighted_value": "money", "overdue": "quantity",
    "category_id": "text",
}  # fmt: skip


def show_value(view: View, asked: Asked) -> None:
    """Weighted pipeline and coverage by month, representative or team."""
    text = view.text
    has_quotas = is_connected(view, "sales_quotas")
    if not has_quotas:
        states.not_connected(text, ["sales_quotas"])
    by = url.segments(
        text("pipeline.by"), "by", ["month", "rep", "team"], lambda one: text(f"pipeline.by_{one}"), default="month"
    )
    frame = ask(view.warehouse, questions.coverage, by, asked.who)
    columns = {
        name: kind for name, kind in _COVERAGE.items()
        if has_quotas or name not in ("quota", "intake", "remaining", "coverage")
    }  # fmt: skip
    show_table(
        view, f"pipeline_value_{by}", text("pipeline.value"), frame.with_columns(pl.col("coverage").round(2)),
        columns_of(view, "pipeline_column", columns), note=text("pipeline.value_note"), empty=text("pipeline.no_open"),
    )  # fmt: skip


def show_demand(view: View, asked: Asked) -> None:
    """Items by month expected, weighted by the chance."""
    text = view.text
    if not is_connected(view, "opportunity_lines"):
        states.not_connected(text, ["opportunity_lines"])
        return
    frame = named_item(view, ask(view.warehouse, questions.demand, asked.who))
    show_table(
        view, "pipeline_demand", text("pipeline.demand"),
        frame.with_columns(
            pl.col("weighted_quantity", "quantity", "overdue").round(2), month=pl.col("month").dt.strftime("%Y-%m")
        ),
        columns_of(view, "pipeline_column", _DEMAND), note=text("pipeline.demand_note"), empty=text("pipeline.no_open"),
    )  # fmt: skip
