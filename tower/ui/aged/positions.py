"""The positions ranked by money, with the three clocks side by side; one of them is opened below."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import aged_stock
from tower.queries.aged_stock import LISTS, Where
from tower.store.dispositions import stock_dispositions, with_dispositions
from tower.ui import states, url
from tower.ui.aged.position import show_position
from tower.ui.aged.stored import opened_store
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.view import View

MOST_LISTED = 300
_COLUMNS: dict[str, ColumnKind] = {
    "item_id": "text", "item": "text", "location_id": "text", "value": "money", "aged_value": "money",
    "days_since_movement": "integer", "days_since_issue": "integer", "age": "integer", "cover": "text",
    "finding": "text", "class": "text", "obsolete_value": "money", "excess_value": "money",
    "surplus_order_value": "money", "rate_provision_value": "money", "value_provision_value": "money",
    "undetermined_value": "money", "quantity": "quantity", "base_uom": "text", "oldest_receipt_date": "day",
    "disposition": "text", "owner": "text", "due_date": "day", "overdue": "text",
}  # fmt: skip


def show_positions(view: View, where: Where) -> None:
    """The list that was chosen, and the position that was clicked (or the first of all)."""
    text, numbers = view.text, view.numbers
    chosen = url.segments(
        text("aged_stock.list"), "list", list(LISTS), lambda one: text(f"aged_stock.list_{one}"), default="aged"
    )
    everything = ask(view.warehouse, aged_stock.positions, where)
    found = listed(everything, chosen)
    st.caption(text(f"aged_stock.list_{chosen}_note"))
    if found.is_empty():
        states.empty(text, text("aged_stock.list_none"))
        return
    shown = worded(view, found.head(MOST_LISTED))
    ids = [position_id(*row) for row in shown.select("item_id", "location_id").rows()]
    note = text(
        "aged_stock.positions_note", shown=numbers.integer(shown.height), all=numbers.integer(found.height),
        value=numbers.value(float(found[LISTS[chosen]].sum()), "money"),
    )  # fmt: skip
    show_choice(
        view, "aged_positions", text("aged_stock.positions"), shown, columns_of(view, "aged_column", _COLUMNS),
        parameter="position", ids=ids, note=note, linked=("item_id", "location_id"), tallest=390,
        widths={"item": 170, "finding": 190, "cover": 130, "class": 110},
        about=[(text("aged_stock.list"), text(f"aged_stock.list_{chosen}"))],
    )  # fmt: skip
    known = {position_id(*row): row for row in everything.select("item_id", "location_id").rows()}
    names = [*ids, *([url.value("position")] if url.value("position") in known.keys() - set(ids) else [])]
    picked = url.select(
        text("aged_stock.position"), "position", names, lambda one: " · ".join(one.split("@")), default=ids[0],
        width=420,
    )  # fmt: skip
    item, place = known[picked or ids[0]]
    row = everything.filter((pl.col("item_id") == item) & (pl.col("location_id") == place))
    show_position(view, worded(view, row).row(0, named=True))


def listed(everything: pl.DataFrame, name: str) -> pl.DataFrame:
    """The positions of one list, most money first."""
    money = LISTS[name]
    found = everything.filter(pl.col(money) > 0)
    if name == "contradiction":
        found = found.filter(pl.col("clock_finding").is_not_null())
    return found.sort(money, "item_id", "location_id", descending=[True, False, False])


def position_id(item_id: str, location_id: str) -> str:
    """How the URL names a position."""
    return f"{item_id}@{location_id}"


def worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Positions in the reader's words, with their dispositions as the store knows them now."""
    text, numbers = view.text, view.numbers
    named = with_dispositions(frame, stock_dispositions(opened_store()), view.build.as_of)

    def words(column: str, group: str) -> pl.Series:
        return pl.Series([text.term(group, one) if one else None for one in named[column]], dtype=pl.String)

    cover = [
        text("aged_stock.never") if basis == "never" else text(f"aged_stock.{basis}", days=numbers.integer(round(days)))
        for basis, days in named.select("cover_basis", pl.col("cover_days").fill_null(0.0)).rows()
    ]
    items = [text.pick(*row) for row in named.select("item_name", "item_name_zh").rows()]
    overdue = [text("aged_stock.overdue") if one else None for one in named["is_overdue"]]
    return named.with_columns(
        pl.Series("item", items, pl.String),
        pl.Series("cover", cover, pl.String),
        words("clock_finding", "clock_finding").alias("finding"),
        words("stock_class", "stock_class").alias("class"),
        words("disposition", "disposition").alias("disposition"),
        pl.col("disposition").alias("disposition_code"),
        pl.Series("overdue", overdue, pl.String),
        age=pl.col("value_age_days").round(),
    )
