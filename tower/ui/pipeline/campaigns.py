"""What campaigns cost and what they brought."""

from __future__ import annotations

import polars as pl

from tower.exports import ColumnKind
from tower.queries import pipeline_value as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.pipeline.asked import Asked
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "campaign_name": "text", "channel_name": "text", "start_date": "day", "end_date": "day", "cost": "money",
    "leads": "integer", "cost_per_lead": "money", "converted": "integer", "opportunities": "integer", "won": "integer",
    "customers": "integer", "cost_per_customer": "money", "orders": "integer", "revenue": "money", "margin": "money",
    "return": "number", "budget": "money", "campaign_id": "text",
}  # fmt: skip
_OF_CHANNEL = ("campaign_name", "start_date", "end_date", "campaign_id")


def show_campaigns(view: View, asked: Asked) -> None:
    """One table by campaign or channel. Costs concern all customers, so a reader of some sees none."""
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    if not is_connected(view, "campaigns"):
        states.not_connected(text, ["campaigns", "leads"])
        return
    by = url.segments(
        text("pipeline.by"), "by", ["campaign", "channel"], lambda one: text(f"pipeline.by_{one}"), default="campaign"
    )
    frame = ask(view.warehouse, questions.campaigns, by, *asked.days)
    channels = frame["channel" if by == "channel" else "of_channel"].to_list()
    names = [text.term("campaign_channel", one) if one else None for one in channels]
    columns = {name: kind for name, kind in _COLUMNS.items() if by == "campaign" or name not in _OF_CHANNEL}
    show_table(
        view, f"campaigns_{by}", text("pipeline.campaigns"),
        frame.with_columns(pl.Series("channel_name", names, pl.String), pl.col("return").round(2)),
        columns_of(view, "pipeline_column", columns), note=text("pipeline.campaigns_note"),
        empty=text("pipeline.no_campaigns"),
    )  # fmt: skip
