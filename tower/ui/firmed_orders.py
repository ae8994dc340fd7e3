"""Firmed orders: what became of each in the served build, who firmed it and why, and the way back to the plan."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.errors import StoreError
from tower.exports import Column, ColumnKind
from tower.queries.planned_orders import firmed_in_build
from tower.store.firmed_orders import FirmedOrder, firmed_orders, withdraw_firmed_order
from tower.ui.cached import ask
from tower.ui.requirements import Chosen
from tower.ui.scenarios.kept import may_write
from tower.ui.scenarios.plans import app_store
from tower.ui.scenarios.problems import remembered
from tower.ui.tables import show_table
from tower.ui.view import View

FIRM_PLANNED, PREFIX = "firm_planned_order", "FIRM-"
# What the build does not know yet, and what it still plans though it was given back since.
NEXT_BUILD, GIVEN_BACK = "next_build", "given_back"
_COLUMNS: dict[str, ColumnKind] = {
    "document_id": "text", "state": "text", "item_id": "text", "location_id": "text", "quantity": "quantity",
    "release_date": "day", "due_date": "day", "supplied_by": "text", "order_id": "text", "author": "text",
    "reason": "text",
}  # fmt: skip


def firmed_here(view: View, chosen: Chosen) -> pl.DataFrame:
    """The firmed orders of the item at the place that the build plans."""
    found = ask(view.warehouse, firmed_in_build)
    here = (pl.col("item_id") == chosen.item_id) & (pl.col("location_id") == chosen.location_id)
    return found.filter(here & (pl.col("state") == "planned"))


def with_firmed(supplies: pl.DataFrame, firmed: pl.DataFrame) -> pl.DataFrame:
    """What supplies an item, where a firmed order stands with its whole quantity, whether anything needs it or not."""
    if firmed.is_empty():
        return supplies
    own = firmed.select(
        supply_type=pl.lit(FIRM_PLANNED), supply_id="document_id", supply_date="due_date", quantity="quantity",
        release_date="release_date", late_days="late_days", supplied_by="supplied_by",
    )  # fmt: skip
    named = supplies.filter(
        pl.col("supply_id").is_in(own["supply_id"].implode()).not_() | pl.col("supply_id").is_null()
    )
    lacking = [pl.lit(None).cast(kind).alias(name) for name, kind in supplies.schema.items() if name not in own.columns]
    rows = own.with_columns(lacking).select(supplies.columns).cast(supplies.schema)
    return pl.concat([rows, named])


def show_firmed_order(view: View, number: str) -> None:
    """Who firmed the chosen order and why, and the button that gives it back."""
    if not number.startswith(PREFIX):
        return
    kept = _by_number(view).get(number)
    text = view.text
    with st.container(border=True, key="firmed_order"):
        st.markdown(f":material/push_pin: **{text('firmed.title', order=number)}**")
        if kept is None:
            st.caption(text("firmed.given_back_since"))
            return
        st.caption(_said(view, kept))
        _give_back(view, kept, f"give_back_{number}")


def _said(view: View, kept: FirmedOrder) -> str:
    at = view.numbers.instant(kept.created_at)
    said = view.text("firmed.by", author=kept.author, at=at, reason=kept.reason, order=kept.document_id)
    return said + (
        f" {view.text('firmed.for_line', line=kept.sales_order_line_id)}" if kept.sales_order_line_id else ""
    )


def _give_back(view: View, kept: FirmedOrder, key: str) -> None:
    if may_write(view) and view.scope.is_everything:
        # What was read now is given back: who changed it since is not overwritten.
        st.button(
            view.text("firmed.give_back"), key=key, icon=":material/undo:", on_click=_withdraw, args=(view, kept),
            help=view.text("firmed.give_back_help"),
        )  # fmt: skip


def _withdraw(view: View, kept: FirmedOrder) -> None:
    with remembered():
        if not may_write(view):
            raise StoreError(view.text("scenarios.read_only"))
        withdraw_firmed_order(app_store(), kept, view.user.user_id, view.now)


def show_all_firmed(view: View) -> None:
    """All firmed orders, those that the plan left out first; nothing where there are none."""
    frame = _all_firmed(view)
    if frame.is_empty():
        return
    text = view.text
    words = frame.with_columns(
        state=pl.col("state").map_elements(lambda one: text(f"firmed_state.{one}"), return_dtype=pl.String)
    )
    columns = [
        Column(name, text(f"firmed_column.{name}"), kind)
        for name, kind in _COLUMNS.items()
        if frame[name].null_count() < frame.height
    ]
    with st.expander(text("firmed.all", count=frame.height), icon=":material/push_pin:", key="all_firmed"):
        show_table(view, "firmed_orders", text("firmed.list"), words, columns, note=text("firmed.note"))
        kept = _by_number(view)
        if may_write(view) and view.scope.is_everything and kept:
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                number = st.selectbox(
                    text("firmed.order"), list(kept), key="firmed_chosen", width=330,
                    format_func=lambda one: f"{one} · {kept[one].item_id} @ {kept[one].location_id}",
                )  # fmt: skip
                if number:
                    _give_back(view, kept[number], "give_back_chosen")


def _by_number(view: View) -> dict[str, FirmedOrder]:
    return {f"{PREFIX}{one.firmed_order_id}": one for one in firmed_orders(app_store())}


def _all_firmed(view: View) -> pl.DataFrame:
    """What the store holds beside what the build made of it; a reader of a part sees what the build shows him."""
    built = ask(view.warehouse, firmed_in_build)
    kept = _by_number(view)
    of_store = pl.DataFrame(
        [
            {"document_id": number, "item_id": one.item_id, "location_id": one.location_id, "quantity": one.quantity,
             "release_date": one.release_date, "due_date": one.due_date, "author": one.author, "reason": one.reason,
             "supplied": one.supplier_id or one.from_location_id}
            for number, one in kept.items()
        ],
        schema={"document_id": pl.String, "item_id": pl.String, "location_id": pl.String, "quantity": pl.Float64,
                "release_date": pl.Date, "due_date": pl.Date, "author": pl.String, "reason": pl.String,
                "supplied": pl.String},
    )  # fmt: skip
    if not view.scope.is_everything:
        of_store = of_store.join(built, on="document_id", how="semi")
    both = of_store.join(
        built.select("document_id", "state", "order_id", "supplied_by"), on="document_id", how="left",
        maintain_order="left",
    ).with_columns(
        state=pl.col("state").fill_null(NEXT_BUILD), supplied_by=pl.coalesce("supplied_by", "supplied")
    )  # fmt: skip
    gone = built.join(of_store, on="document_id", how="anti", maintain_order="left").with_columns(
        state=pl.lit(GIVEN_BACK), author=pl.lit(None, dtype=pl.String), reason=pl.lit(None, dtype=pl.String)
    )
    frame = pl.concat([one.select(*_COLUMNS) for one in (both, gone)])
    is_out = pl.col("state").is_in(["no_item", "no_location", "no_source", "ordered"])
    return frame.sort(~is_out, "due_date", "document_id")
