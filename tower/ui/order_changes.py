"""A planned order firmed, moved or split within a scenario: a small form that adds a change to a draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from planning.scenarios.change import Change
from planning.scenarios.document import Scenario
from tower.errors import StoreError
from tower.queries.planned_orders import planned_orders
from tower.scenarios.change_file import new_file
from tower.scenarios.planned_order import FIRM, MOVE, SPLIT, change_of
from tower.store.scenarios import DRAFT, KeptScenario, change_scenario, whole_scenario
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.requirements import Chosen
from tower.ui.scenarios.into_draft import with_more
from tower.ui.scenarios.kept import called, free_name, keep_new, known_scenarios, may_write
from tower.ui.scenarios.plans import app_store, served_base
from tower.ui.scenarios.problems import remembered, show_said
from tower.ui.scenarios.working import forget, working
from tower.ui.view import View

KINDS = {"firm": FIRM, "move": MOVE, "split": SPLIT}
# Firmed with one click at most: a list to choose from that is longer than this helps nobody.
MOST_ORDERS = 60


def show_order_changes(view: View, chosen: Chosen, number: str, marked: Sequence[str]) -> None:
    """What to do with the chosen planned order, or with those that are marked, and in which draft."""
    if not (may_write(view) and view.scope.is_everything):
        return
    text = view.text
    orders = ask(view.warehouse, planned_orders, chosen.item_id, chosen.location_id)
    by_number = {row["plan_order_id"]: row for row in orders.iter_rows(named=True)}
    if number not in by_number:
        return
    with st.container(border=True, key="order_change"):
        st.markdown(f"**{text('order_change.title')}** :gray[:small[{text('order_change.note')}]]")
        show_said(view.text)
        what = st.segmented_control(
            text("order_change.what"), list(KINDS), key="change_what", default="firm", required=True,
            format_func=lambda one: text(f"order_change.{one}"), label_visibility="collapsed",
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            made = _fields(view, chosen, number, by_number, marked, what or "firm")
            _choose_draft(view, made)


def _fields(
    view: View, chosen: Chosen, number: str, orders: dict[str, dict[str, Any]], marked: Sequence[str], what: str
) -> Callable[[], list[Change]]:
    """The inputs of one kind of change; gives what makes the changes of what they hold when the button is pressed."""
    text, order = view.text, orders[number]
    listed = list(orders.values())

    def made(**fields: Any) -> list[Change]:
        return [change_of(KINDS[what], chosen.item_id, chosen.location_id, order, listed, **fields)]

    if what == "firm":
        key = f"change_orders_{number}_{len(marked)}"
        names = {one: _named(view, row) for one, row in orders.items()}
        preset = list(dict.fromkeys([*marked, number]))
        offered = [one for one in orders if one in preset or one in list(orders)[:MOST_ORDERS]]
        st.multiselect(
            text("order_change.orders"), offered, default=preset, key=key, format_func=lambda one: names[one], width=430
        )
        return lambda: list(
            dict.fromkeys(
                change_of(FIRM, chosen.item_id, chosen.location_id, orders[one], listed)
                for one in st.session_state[key]
            )
        )
    if what == "move":
        day, size = f"change_day_{number}", f"change_size_{number}"
        st.date_input(
            text("order_change.new_due"), max(order["due_date"], view.build.as_of), key=day, format="YYYY-MM-DD",
            min_value=view.build.as_of, width=150,
        )  # fmt: skip
        st.number_input(
            text("order_change.new_quantity"), value=float(order["quantity"]), key=size, min_value=0.0, format="%g",
            width=150,
        )  # fmt: skip

        def moved() -> list[Change]:
            new_day, new_size = st.session_state[day], st.session_state[size]
            if not new_size:
                raise StoreError(text("order_change.no_quantity"))
            same_size = abs(new_size - order["quantity"]) < 1e-6
            if new_day == order["due_date"] and same_size:
                raise StoreError(text("order_change.nothing"))
            return made(
                new_due=None if new_day == order["due_date"] else new_day, new_quantity=None if same_size else new_size
            )

        return moved
    into, apart = f"change_into_{number}", f"change_apart_{number}"
    st.number_input(text("order_change.into"), 2, 52, 2, key=into, width=150)
    st.number_input(text("order_change.apart"), 0, 365, 7, key=apart, width=150)
    return lambda: made(into=int(st.session_state[into]), days_apart=int(st.session_state[apart]))


def _named(view: View, row: dict[str, Any]) -> str:
    quantity = view.numbers.exact(round(row["quantity"], 3), "quantity")
    return f"{view.numbers.day(row['due_date'])} · {quantity} · {row['plan_order_id']}"


def _choose_draft(view: View, made: Callable[[], list[Change]]) -> None:
    """The draft that takes the change: one on the served build, or a new one."""
    text = view.text
    known = known_scenarios(view)
    drafts = [one for one in known if one.state == DRAFT and one.base_build_id == view.build.build_id]
    mine = sorted(drafts, key=lambda one: (one.owner != view.user.user_id, -(one.scenario_id or 0)))
    by_id = {str(one.scenario_id): one for one in mine}
    shown = url.value("scenario")
    field = "change_draft"
    if st.session_state.get(field) not in ("", *by_id):
        st.session_state[field] = shown if shown in by_id else next(iter(by_id), "")
    into = st.selectbox(
        text("order_change.scenario"), [*by_id, ""], key=field, width=230,
        format_func=lambda one: called(by_id[one], known) if one else text("order_change.new_scenario"),
    )  # fmt: skip
    # What was read now is what the change is added to: who saved since is not overwritten.
    st.button(
        text("order_change.add"), key="change_add", type="primary", icon=":material/add:", on_click=_add,
        args=(view, known, by_id.get(into or ""), made),
    )  # fmt: skip


def _add(view: View, known: list[KeptScenario], kept: KeptScenario | None, made: Callable[[], list[Change]]) -> None:
    with remembered():
        changes = made()
        if not changes:
            raise StoreError(view.text("order_change.none_chosen"))
        base = served_base(view).base
        if kept is None:
            name = free_name("orders", view, known)
            base.plan.draft(Scenario(name, tuple(changes)))
            done = keep_new(view, name, new_file(name, view.text("order_change.called"), changes=changes))
        else:
            if working(kept).is_changed:
                raise StoreError(view.text("order_change.unsaved", name=kept.name))
            store = app_store()
            changed = with_more(kept, changes)
            base.plan.draft(replace(whole_scenario(store, changed), places=()))
            done = change_scenario(store, changed, view.user.user_id, view.now)
            forget(kept)
        url.write("scenario", str(done.scenario_id))
        st.session_state["change_draft"] = str(done.scenario_id)


def marked_orders(frame: pl.DataFrame, rows: Sequence[int]) -> list[str]:
    """The numbers of the planned orders among marked rows of what supplies an item."""
    marked = [frame.row(row, named=True) for row in rows if row < frame.height]
    return [one["supply_id"] for one in marked if one["supply_type"] == "planned_order"]
