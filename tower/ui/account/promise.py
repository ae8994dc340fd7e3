"""Ask a date for a quantity: when it can be promised, what limits it, other ways, whom it would delay, and keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from planning.tables.promise import Promising
from tower.access import EVERYTHING
from tower.exports import ColumnKind
from tower.planned_order.promise_words import limit_in_words
from tower.queries import account_orders
from tower.scenarios.base import PlanningBase
from tower.scenarios.inquiry import Answered, Inquiry, answered, as_order, delayed
from tower.ui import cached, states, url
from tower.ui.account.keep import show_keep
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.scenarios.plans import served_base
from tower.ui.suppliers.asked import is_connected
from tower.ui.tables import show_table
from tower.ui.view import View

_FIELDS = ("ask_item", "ask_quantity", "ask_by", "ask_at")
_USUAL_DAYS = 14
_PLACES: dict[str, ColumnKind] = {
    "place": "text", "possible_date": "day", "wanted_quantity": "quantity", "stock_quantity": "quantity",
    "base_uom": "text", "ways": "text", "limit": "text",
}  # fmt: skip
_DELAYED: dict[str, ColumnKind] = {
    "sales_order_line_id": "text", "customer": "text", "item_id": "text", "demand_date": "day", "late_days": "integer",
    "late_days_after": "integer", "more_days": "integer", "late_value_after": "money",
}  # fmt: skip


def show_promise(view: View, customer: dict[str, Any]) -> None:
    """The form; once asked, the answer."""
    text = view.text
    if not is_connected(view, "sales_order_lines"):
        states.not_connected(text, ["sales_order_lines"])
        return
    asked = _ask(view, customer["customer_id"])
    if asked is None:
        st.caption(text("account.promise_first"))
        return
    whole = _as_everyone(view)
    with st.spinner(text("account.promising"), show_time=False):
        base = served_base(whole)
        stock = ask(whole.warehouse, account_orders.stock, asked.item_id)
        found = _answered(base.key, asked, base.base, stock)
    _show_answer(view, found)
    _show_places(view, found, stock)
    value = ask(view.warehouse, account_orders.usual_price, asked.customer_id, asked.item_id)
    worth = None if value is None else value * asked.quantity
    _show_delayed(view, base.key, base.base, found, worth)
    show_keep(view, whole, found, worth)


def _as_everyone(view: View) -> View:
    """The view that the plan is read with, as a plan of a part of a company is none; what is shown is the reader's."""
    if view.scope.is_everything:
        return view
    whole = cached.warehouse(view.build.file, EVERYTHING.key, EVERYTHING)
    return replace(view, warehouse=whole, scope=EVERYTHING)


def _ask(view: View, customer_id: str) -> Inquiry | None:
    """Item, quantity, day and place; kept in the URL once asked."""
    text = view.text
    items = ask(view.warehouse, account_orders.askable_items, customer_id)
    names = {
        row["item_id"]: f"{row['item_id']} · {text.pick(row['item_name'], row['item_name_zh'])}"
        for row in items.iter_rows(named=True)
    }
    if not names:
        states.empty(text, text("account.nothing_to_ask"))
        return None
    chosen = url.value("ask_item") if url.value("ask_item") in names else next(iter(names))
    quantity, wanted = _number(url.value("ask_quantity")), _day(url.value("ask_by"))
    places = ["", *_places_of(view, chosen)]
    st.session_state.update(
        {
            "field_ask_item": chosen,
            "field_ask_quantity": quantity or 10.0,
            "field_ask_by": wanted or view.build.as_of + timedelta(days=_USUAL_DAYS),
            "field_ask_at": url.value("ask_at") if url.value("ask_at") in places else "",
        }
    )
    with (
        st.form("ask_promise", border=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.selectbox(
            text("account.ask_item"), list(names), format_func=names.__getitem__, key="field_ask_item", width=360,
            help=text("account.ask_item_help"),
        )  # fmt: skip
        st.number_input(
            text("account.ask_quantity"), min_value=0.001, max_value=1e7, key="field_ask_quantity", format="%g",
            step=1.0, width=140,
        )  # fmt: skip
        st.date_input(
            text("account.ask_by"), key="field_ask_by", min_value=view.build.as_of, width=170,
            max_value=view.build.as_of + timedelta(days=1_000),
        )  # fmt: skip
        st.selectbox(
            text("account.ask_at"), places, key="field_ask_at", width=200,
            format_func=lambda one: one or text("account.usual_place"),
        )  # fmt: skip
        st.form_submit_button(
            text("account.ask"), type="primary", icon=":material/event_available:", on_click=_asked,
            args=(chosen,),
        )  # fmt: skip
    if not url.value("ask_item") or quantity is None or wanted is None or wanted < view.build.as_of:
        return None
    place = url.value("ask_at")
    return Inquiry(chosen, quantity, wanted, customer_id, place if place and place in places else None)


def _asked(before: str) -> None:
    """Write what was asked into the URL; a place belongs to the item that it was chosen for."""
    state = st.session_state
    url.write("ask_item", state["field_ask_item"])
    url.write("ask_quantity", f"{state['field_ask_quantity']:g}")
    url.write("ask_by", state["field_ask_by"].isoformat())
    url.write("ask_at", state["field_ask_at"] if state["field_ask_item"] == before else "")


def _number(written: str) -> float | None:
    try:
        found = float(written)
    except ValueError:
        return None
    return found if 0 < found <= 1e7 else None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _places_of(view: View, item_id: str) -> list[str]:
    return sorted(ask(_as_everyone(view).warehouse, account_orders.stock, item_id))


@st.cache_resource(max_entries=2, show_spinner=False)
def _promising(key: str, _base: PlanningBase) -> Promising:
    return Promising.of(_base.plan.planned.model)


@st.cache_resource(max_entries=60, show_spinner=False)
def _answered(key: str, inquiry: Inquiry, _base: PlanningBase, _stock: dict[str, float]) -> Answered:
    return answered(_promising(key, _base), inquiry, _stock)


@st.cache_resource(max_entries=60, show_spinner=False)
def _delayed(key: str, inquiry: Inquiry, _base: PlanningBase, _found: Answered, _worth: float | None) -> pl.DataFrame:
    return delayed(_base, as_order(_found.asked, inquiry.wanted, _worth))


def _show_answer(view: View, found: Answered) -> None:
    """The date, what of it goes on the day that was asked for, and what limits both."""
    text, numbers = view.text, view.numbers
    one, unit = found.asked, found.asked.base_uom or ""
    with st.container(border=True, key="account_answer"):
        if one.possible_date is None:
            st.markdown(f"##### :red[{text('account.never')}]")
        elif one.possible_date <= one.wanted_date:
            st.markdown(f"##### :green[{text('account.as_wanted', day=numbers.day(one.possible_date))}]")
        else:
            days = (one.possible_date - one.wanted_date).days
            day = numbers.day(one.possible_date)
            st.markdown(f"##### :orange[{text('account.later', day=day, days=numbers.integer(days))}]")
        st.caption(
            text(
                "account.asked", quantity=numbers.exact(one.quantity, "quantity"), unit=unit, item=one.item_id,
                place=one.location_id, day=numbers.day(one.wanted_date),
            )
        )  # fmt: skip
        if one.wanted_date_quantity < one.quantity:
            st.markdown(
                text(
                    "account.on_wanted", day=numbers.day(one.wanted_date),
                    quantity=numbers.exact(one.wanted_date_quantity, "quantity"), unit=unit,
                )
            )  # fmt: skip
        if len(one.parts) > 1:
            parts = (f"{numbers.day(day)}: {numbers.exact(quantity, 'quantity')} {unit}" for day, quantity in one.parts)
            st.markdown(text("account.in_parts", parts=text.listed(parts)))
        if one.limits_date is not None:
            st.markdown(text("account.limits_date", limit=_limit(view, one.limits_date)))
        if one.limits_quantity is not None and one.limits_quantity != one.limits_date:
            limit = _limit(view, one.limits_quantity)
            st.markdown(text("account.limits_quantity", day=numbers.day(one.wanted_date), limit=limit))
        if one.without_source:
            listed = text.listed(f"{item} @ {place}" for item, place in one.without_source)
            st.markdown(text("account.unsure", items=listed))
        st.caption(text("account.assumed"))


def _limit(view: View, limit: Any) -> str:
    """What limits in words. Another customer's order is not named to a reader of some customers."""
    if limit.sales_order_line_id is not None and not view.scope.is_everything:
        own = view.warehouse.frame(
            "select 1 as one from core.fct_sales_order_lines where sales_order_line_id = $id",
            {"id": limit.sales_order_line_id},
        )
        if own.is_empty():
            limit = replace(limit, sales_order_line_id=view.text("account.anothers_order"))
    said = limit_in_words(limit, view.text.language)
    item, supplier = ask(
        _as_everyone(view).warehouse, account_orders.limit_names, limit.item_id or "", limit.document or "",
        limit.supplier_id or "",
    )  # fmt: skip
    names = [one for one in (view.text.pick(*item), supplier) if one]
    return f"{said} ({view.text.listed(names)})" if names else said


def _show_places(view: View, found: Answered, stock: dict[str, float]) -> None:
    """The same inquiry from each place: what lies there, how it is got, when all of it can be there."""
    text = view.text
    rows = [
        {
            "place": one.location_id, "possible_date": one.possible_date, "wanted_quantity": one.wanted_date_quantity,
            "stock_quantity": stock.get(one.location_id, 0.0), "base_uom": one.base_uom,
            "ways": text.listed(
                text("account.way_from", way=text.term("supply_way", way.kind), source=way.source_id)
                if way.source_id else text.term("supply_way", way.kind)
                for way in found.ways[one.location_id]
            ),
            "limit": None if one.limits_date is None else _limit(view, one.limits_date),
        }
        for one in found.promises
    ]  # fmt: skip
    frame = pl.DataFrame(
        rows,
        schema={"place": pl.String, "possible_date": pl.Date, "wanted_quantity": pl.Float64,
                "stock_quantity": pl.Float64, "base_uom": pl.String, "ways": pl.String, "limit": pl.String},
    )  # fmt: skip
    show_table(
        view, "account_places", text("account.places"), frame, columns_of(view, "account_column", _PLACES),
        note=text("account.places_note"),
    )  # fmt: skip
    best = found.best
    asked = found.asked.possible_date or date.max
    if best is not found.asked and best.possible_date is not None and best.possible_date < asked:
        st.info(
            text("account.better_place", place=best.location_id, day=view.numbers.day(best.possible_date)),
            icon=":material/swap_horiz:",
        )  # fmt: skip


def _show_delayed(view: View, key: str, base: PlanningBase, found: Answered, worth: float | None) -> None:
    """Whom it would delay to insist on the day that was asked for."""
    text, numbers = view.text, view.numbers
    one = found.asked
    if one.possible_date is not None and one.possible_date <= one.wanted_date:
        st.caption(text("account.delays_nobody"))
        return
    with st.spinner(text("scenarios.planning"), show_time=False):
        frame = _delayed(key, found.inquiry, base, found, worth)
    lines = frame["sales_order_line_id"].to_list()
    names = {
        line: (customer, name)
        for line, customer, name in ask(view.warehouse, account_orders.whose_lines, tuple(lines)).rows()
    }
    shown = frame.with_columns(
        pl.Series("customer", [" ".join(names[one]) if one in names else text("account.another") for one in lines],
                  pl.String),
        pl.Series("sales_order_line_id", [one if one in names else "–" for one in lines], pl.String),
        pl.when(pl.col("sales_order_line_id").is_in(list(names))).then(pl.col("late_value_after")),
    )  # fmt: skip
    show_table(
        view, "account_delayed", text("account.delayed", day=numbers.day(one.wanted_date)), shown,
        columns_of(view, "account_column", _DELAYED), empty=text("account.delayed_none"),
        note=text("account.delayed_note", lines=numbers.integer(frame.height)),
    )  # fmt: skip
