"""Where milestones slip, and what was reported as an exception."""

from __future__ import annotations

import polars as pl

from tower.exports import ColumnKind
from tower.queries import shipment_lanes as questions
from tower.ui import states
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.filters import choose_preset
from tower.ui.kit_words import columns_of
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_SLIPS: dict[str, ColumnKind] = {
    "way": "text", "event": "text", "events": "integer", "late_rate": "percent", "median_hours": "number",
    "p90_hours": "number",
}  # fmt: skip
_EXCEPTIONS: dict[str, ColumnKind] = {
    "event_at": "instant", "shipment_id": "text", "document": "text", "way": "text", "lane": "text",
    "supplier_name": "text", "carrier": "text", "place": "text", "note": "text", "planned_arrival_date": "day",
    "arrived_date": "day", "days_late": "integer",
}  # fmt: skip


def show_exceptions(view: View, plants: tuple[str, ...]) -> None:
    """Milestones against plan, then the exceptions."""
    text = view.text
    if not is_connected(view, "shipment_events"):
        states.not_connected(text, ["shipment_events"])
        return
    choose_preset(view, 190)
    period = view.selection.period

    def in_words(frame: pl.DataFrame) -> pl.DataFrame:
        ways = {one: text(f"inbound.way_{one}") for one in frame["direction"].unique()}
        return frame.with_columns(way=pl.col("direction").replace(ways))

    slips = in_words(ask(view.warehouse, questions.milestone_slips, period.start, period.end, plants))
    events = {one: text.term("shipment_event", one) for one in slips["event_type"].unique()}
    show_table(
        view, "milestone_slips", text("inbound.slips"),
        slips.with_columns(pl.col("median_hours", "p90_hours").round(1), event=pl.col("event_type").replace(events)),
        columns_of(view, "inbound_column", _SLIPS), note=text("inbound.slips_note"), empty=text("inbound.no_events"),
    )  # fmt: skip
    found = in_words(ask(view.warehouse, questions.exceptions, period.start, period.end, plants))
    show_choice(
        view, "exceptions", text("inbound.exceptions"), found, columns_of(view, "inbound_column", _EXCEPTIONS),
        note=text("inbound.exceptions_note"), empty=text("inbound.no_exceptions"), widths={"lane": 240, "place": 200},
    )  # fmt: skip
