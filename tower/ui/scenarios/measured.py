"""The screen of book against measured: which parameters lie, and the way of each into a scenario."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import Column, ColumnKind
from tower.queries.measured_work import ordered_quantities, worked_hours
from tower.scenarios.measured import KINDS, LOT_SIZE, RUN_HOURS, SETUP_HOURS, YIELD, correcting_all, wrong_parameters
from tower.store.scenarios import KeptScenario
from tower.ui import states
from tower.ui.downloads import provenance, show_downloads
from tower.ui.scenarios.costs import show_costs, show_together
from tower.ui.scenarios.into_draft import choose_draft, keep_changes, link_to
from tower.ui.scenarios.kept import known_scenarios, may_write
from tower.ui.scenarios.plans import BaseOf, served_base
from tower.ui.scenarios.problems import remembered, show_said
from tower.ui.tables import column_config
from tower.ui.view import View
from tower.warehouse import Warehouse

MOST_ROWS = 300
_COLUMNS: dict[str, ColumnKind] = {
    "parameter": "text", "item_id": "text", "item_name": "text", "location_id": "text", "supplied": "text",
    "booked": "number", "median": "number", "mean": "number", "measured": "number", "off": "number", "level": "text",
    "count": "integer", "orders": "integer", "value": "money",
}  # fmt: skip
_TABLE = "wrong_parameters"


def show_book_against_measured(view: View) -> None:
    """Everything below the title."""
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    show_said(view.text)
    _show_made(view)
    with st.spinner(text("scenarios.planning")):
        base = served_base(view)
        found = wrong(view, base)
    if found.is_empty():
        states.empty(text, text("measured.none"))
        return
    part, ticked = _show_list(view, base, found)
    _show_acceptance(view, part, ticked)
    show_costs(view, base, found)
    show_together(view, base, found)


def wrong(view: View, base: BaseOf) -> pl.DataFrame:
    """The parameters of the served build that are not what happens."""
    return _wrong(base.key, base, view.warehouse)


@st.cache_resource(max_entries=2, show_spinner=False)
def _wrong(key: str, _base: BaseOf, _warehouse: Warehouse) -> pl.DataFrame:
    lots, work = ordered_quantities(_warehouse), worked_hours(_warehouse)
    return wrong_parameters(_base.base, lots, work).with_row_index("row")


def _show_list(view: View, base: BaseOf, found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The ranked list; gives the rows of the chosen kind, and those that are ticked."""
    text = view.text
    kind = st.segmented_control(
        text("measured.parameter"), ("all", *KINDS), key="measured_kind", default="all", required=True,
        format_func=lambda one: _counted(view, found, one), label_visibility="collapsed",
    )  # fmt: skip
    part = found if kind == "all" else found.filter(pl.col("parameter") == kind)
    shown = part.head(MOST_ROWS)
    columns = [Column(name, text(f"measured_column.{name}"), each) for name, each in _COLUMNS.items()]
    title = text("measured.list")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(
                text("measured.list_note", shown=shown.height, all=view.numbers.integer(part.height)), width="stretch"
            )
        show_downloads(
            view, "book_against_measured", lambda: _worded(view, base, part), lambda _: columns,
            provenance(view, title, is_filtered=False),
        )  # fmt: skip
    if shown.is_empty():
        st.caption(text("measured.none"))
        return part, shown
    state: Any = st.dataframe(
        _worded(view, base, shown).select(list(_COLUMNS)), hide_index=True, key=f"{_TABLE}_{kind}", on_select="rerun",
        selection_mode="multi-row", alt=title, placeholder="", height=430 if shown.height > 11 else "content",
        column_config={column.name: column_config(column) for column in columns},
    )  # fmt: skip
    return part, shown[state["selection"]["rows"]]


def _counted(view: View, found: pl.DataFrame, kind: str) -> str:
    count = found.height if kind == "all" else found.filter(pl.col("parameter") == kind).height
    return f"{view.text(f'measured.{kind}')} {view.numbers.integer(count)}"


def _worded(view: View, base: BaseOf, found: pl.DataFrame) -> pl.DataFrame:
    """Names instead of codes; shares in percent, so that one column can hold both."""
    text, rows = view.text, base.base.inputs.rows
    name = "item_name_zh" if text.language == "zh" else "item_name"
    items = rows.items.select("item_id", item_name=pl.coalesce(name, "item_name"))
    suppliers = dict(rows.suppliers.select("supplier_id", "supplier_name").iter_rows())
    is_share, of_hours = pl.col("parameter") == YIELD, pl.col("parameter").is_in([RUN_HOURS, SETUP_HOURS])
    fields = {one: text(f"scenario_field.{one}") for one in found["field"].unique() if one}
    lot = pl.when(pl.col("parameter") == LOT_SIZE).then(pl.col("field").replace(fields))
    centre = pl.when(of_hours).then("work_centre_id")
    figures = [
        pl.when(is_share)
        .then((pl.col(one) * 100).round(1))
        .when(of_hours)
        .then(pl.col(one).round(3))
        .otherwise(pl.col(one).round(1))
        .alias(one)
        for one in ("booked", "median", "mean", "measured", "off")
    ]
    way = pl.col("supply").replace({one: text.term("supply_way", one) for one in found["supply"].unique()})
    supplier = pl.col("supplier_id").replace({one: f"{one} · {called}" for one, called in suppliers.items() if called})
    return found.join(items, on="item_id", how="left", maintain_order="left").with_columns(
        *figures,
        parameter=pl.concat_str(
            [pl.col("parameter").replace({one: text(f"measured.{one}") for one in KINDS}), lot, centre],
            separator=" · ",
            ignore_nulls=True,
        ),
        supplied=pl.concat_str([way, supplier], separator=" · ", ignore_nulls=True),
        level=pl.col("level").replace({one: text(f"measured_level.{one}") for one in found["level"].unique()}),
    )


def _show_acceptance(view: View, found: pl.DataFrame, chosen: pl.DataFrame) -> None:
    """What was ticked, or all, as changes of a scenario."""
    text = view.text
    if not may_write(view):
        return
    known = known_scenarios(view)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        shared = (view, choose_draft(view, known, "measured_into"), known)
        st.button(
            text("measured.accept", count=chosen.height), key="accept", type="primary", icon=":material/check:",
            disabled=chosen.is_empty(), on_click=_accept, args=(*shared, chosen),
        )  # fmt: skip
        st.button(
            text("measured.accept_all", count=view.numbers.integer(found.height)), key="accept_all", on_click=_accept,
            disabled=found.is_empty(), icon=":material/done_all:", args=(*shared, found),
        )  # fmt: skip


def _accept(view: View, into: KeptScenario | None, known: list[KeptScenario], rows: pl.DataFrame) -> None:
    changes = correcting_all(rows)
    with remembered():
        title = view.text("page.book_against_measured.title")
        made = keep_changes(view, known, changes, name="measured", title=title, into=into)
        st.session_state["measured_made"] = (made.name, made.scenario_id, rows.height)


def _show_made(view: View) -> None:
    """Where the last accepted parameters went, with the way there."""
    made = st.session_state.pop("measured_made", None)
    if made is not None:
        name, number, count = made
        said = view.text("measured.accepted", count=count, name=name)
        st.success(f"{said} {link_to(view, number)}", icon=":material/check:")
