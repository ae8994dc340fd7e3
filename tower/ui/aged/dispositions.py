"""Everything that was decided: who has to do what until when, what is overdue, and what is gone already."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import aged_stock
from tower.queries.aged_stock import Where
from tower.store.dispositions import ACTIVE, StockDisposition, disposition_frame, gone_dispositions, stock_dispositions
from tower.ui import states, url
from tower.ui.aged.disposition_form import close_buttons, described, show_outcome
from tower.ui.aged.positions import position_id
from tower.ui.aged.stored import DECIDERS, opened_store
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.view import View

_COLUMNS: dict[str, ColumnKind] = {
    "state": "text", "due_date": "day", "disposition": "text", "owner": "text", "item_id": "text", "item": "text",
    "location_id": "text", "then_quantity": "quantity", "then_value": "money", "quantity": "quantity",
    "value": "money", "aged_value": "money", "note": "text", "author": "text", "decided_at": "instant",
}  # fmt: skip


def show_dispositions(view: View, where: Where) -> None:
    """The list by state and due day, and the ones whose stock is gone, to be closed."""
    text = view.text
    show_outcome()
    kept = stock_dispositions(opened_store())
    everything = ask(view.warehouse, aged_stock.positions, where)
    whole = ask(view.warehouse, aged_stock.positions, ((), (), ()))
    seen = set(everything.select("item_id", "location_id").rows())
    gone_from_all = {(one.item_id, one.location_id) for one in kept} - set(
        whole.select("item_id", "location_id").rows()
    )
    # A reader of some places sees theirs; what is nowhere any more is shown to those who see everything.
    kept = [
        one
        for one in kept
        if (one.item_id, one.location_id) in seen
        or (view.scope.is_everything and (one.item_id, one.location_id) in gone_from_all)
    ]
    if not kept:
        states.empty(text, text("aged_stock.no_dispositions"))
        return
    frame = state_frame(kept, everything, view)
    ids = [position_id(*row) for row in frame.select("item_id", "location_id").rows()]
    show_choice(
        view, "aged_dispositions", text("aged_stock.dispositions"), frame, columns_of(view, "aged_column", _COLUMNS),
        parameter="position", ids=ids, note=text("aged_stock.dispositions_note"), widths={"item": 180, "note": 240},
    )  # fmt: skip
    picked = next((one for one in kept if position_id(one.item_id, one.location_id) == url.value("position")), None)
    if picked is not None and picked.status == ACTIVE:
        with st.container(border=True):
            st.markdown(f"**{picked.item_id} · {picked.location_id}**")
            st.markdown(described(view, picked))
            if view.user.role in DECIDERS:
                with st.container(horizontal=True, gap="small"):
                    close_buttons(view, picked, "list")


def state_frame(kept: list[StockDisposition], positions: pl.DataFrame, view: View) -> pl.DataFrame:
    """Dispositions with what lies there today; what is overdue and what is gone comes first."""
    text = view.text
    now = positions.select("item_id", "location_id", "quantity", "value", "aged_value", "item_name", "item_name_zh")
    frame = (
        disposition_frame(kept)
        .with_columns(pl.Series("then_value", [one.stock_value for one in kept], pl.Float64))
        .rename({"disposition_quantity": "then_quantity"})
        .join(now, on=["item_id", "location_id"], how="left")
    )
    gone = [one.disposition_id for one in gone_dispositions(positions, kept)]
    rank = (
        pl.when(pl.col("status") != ACTIVE)
        .then(3)
        .when(pl.col("disposition_id").is_in(gone))
        .then(1)
        .when(pl.col("due_date") < view.build.as_of)
        .then(0)
        .otherwise(2)
    )
    words = {0: "overdue", 1: "gone", 2: "open", 3: "done"}
    ranked = frame.with_columns(rank=rank).sort("rank", "due_date", "item_id", "location_id")
    items = [text.pick(*row) for row in ranked.select("item_name", "item_name_zh").rows()]
    return ranked.with_columns(
        pl.Series("state", [text(f"aged_stock.state_{words[one]}") for one in ranked["rank"]], pl.String),
        pl.Series("item", items, pl.String),
        pl.Series("disposition", [text(f"disposition.{one}") for one in ranked["disposition"]], pl.String),
    )
