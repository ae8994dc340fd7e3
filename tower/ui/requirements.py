"""The time-phased record of one item at one place: choose it, see its course, and what makes each figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
import streamlit as st

from tower.charts import SeriesNames, projected_stock_figure
from tower.exports import Column, ColumnKind
from tower.queries import record_documents, requirements
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.figures import show_figure
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = ("search", "item", "place", "grain", "row", "at", "order", "open", "scenario")
# The rows of the record in the planner's order. What passes through an item without an order is shown where it happens.
ROWS = (
    "gross_quantity", "forecast_quantity", "scheduled_receipt_quantity", "passed_through_quantity",
    "projected_on_hand_quantity", "net_quantity", "planned_receipt_quantity", "planned_release_quantity",
    "safety_stock_quantity",
)  # fmt: skip
PAST_DUE = "past_due"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the page is about: an item at a place, and the length of a period."""

    item_id: str
    location_id: str
    grain: str


def choose_item(view: View) -> Chosen | None:
    """Search, item, place and period; the item that makes most money late until one is chosen."""
    text = view.text
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="choose_item"):
        st.session_state["pick_search"] = url.value("search")
        st.text_input(
            text("requirements.search"), key="pick_search", type="search", on_change=_search, width=200,
            placeholder=text("requirements.search_hint"),
        )  # fmt: skip
        found = ask(view.warehouse, requirements.found_items, tuple(url.value("search").split()))
        items = {item: f"{item} · {text.pick(name, name_zh)}" for item, name, name_zh, *_ in found.rows()}
        named = url.value("item")
        if named and named not in items:
            # A link may name an item that the search does not find.
            exact = ask(view.warehouse, requirements.found_items, (named,)).filter(pl.col("item_id") == named)
            items = {item: f"{item} · {text.pick(name, name_zh)}" for item, name, name_zh, *_ in exact.rows()} | items
        if not items:
            return None
        item = url.select(
            text("requirements.item"), "item", list(items), lambda one: items[one], default=next(iter(items)), width=330
        )
        assert item is not None
        places = dict(ask(view.warehouse, requirements.places_of, item).select("location_id", "location_name").rows())
        place = url.select(
            text("requirements.place"), "place", list(places), lambda one: f"{one} · {places[one] or ''}",
            default=next(iter(places)), width=270,
        )  # fmt: skip
        assert place is not None
        grain = url.segments(
            text("requirements.period"), "grain", requirements.GRAINS, lambda one: text(f"requirements.grain_{one}"),
            default="week",
        )  # fmt: skip
    count = ask(view.warehouse, requirements.item_count)
    st.caption(
        text("requirements.found", found=view.numbers.integer(found.height), all=view.numbers.integer(count))
    )  # fmt: skip
    return Chosen(item, place, grain)


def _search() -> None:
    url.write("search", st.session_state["pick_search"])
    url.clear("item", "place", "row", "at", "order", "open")


def show_nothing_found(view: View) -> None:
    """Why there is no item to show: nothing is planned, or nothing matches."""
    if url.value("search"):
        states.empty(view.text, view.text("requirements.none_found", search=url.value("search")))
    else:
        states.empty(view.text, view.text("requirements.nothing_planned"))


def show_facts(view: View, chosen: Chosen) -> None:
    """What the item is, how it is supplied, and what waits for it."""
    text, numbers = view.text, view.numbers
    fact = ask(view.warehouse, requirements.facts, chosen.item_id, chosen.location_id).row(0, named=True)
    name = text.pick(fact["item_name"], fact["item_name_zh"])
    st.markdown(f"##### {chosen.item_id} {name} · {chosen.location_id}")
    said = [
        text.term("item_type", fact["item_type"] or ""),
        text.pick(fact["product_family"], fact["product_family_zh"]),
    ]
    if fact["planned_orders"]:
        supplied = text.term("supply_way", fact["order_type"] or "")
        said.append(f"{supplied} · {fact['supplier_name']}" if fact["supplier_name"] else supplied)
        said.append(
            text(
                "requirements.lead_time", days=fact["lead_time_days"],
                unit=text.term("lead_time_unit", fact["lead_time_unit"]),
            )
        )  # fmt: skip
        said.append(text.term("lot_rule", fact["lot_rule"]))
        if fact["planner"]:
            said.append(text("requirements.planner", planner=fact["planner"]))
    st.caption(" · ".join(one for one in said if one))
    weeks = ask(view.warehouse, requirements.record, chosen.item_id, chosen.location_id, "week")
    short = weeks.filter(pl.col("projected_on_hand_quantity") < 0)
    unit = fact["base_uom"] or ""
    with st.grid(5, min_column_width=165, gap="small"):
        _metric(text("requirements.on_hand"), f"{numbers.short(weeks['opening_quantity'][0])} {unit}",
                text("requirements.on_hand_help"))  # fmt: skip
        _metric(text("requirements.late_value"), numbers.value(fact["late_value"], "money"),
                text("requirements.late_value_help"))  # fmt: skip
        _metric(text("requirements.late_forecast"), numbers.value(fact["late_forecast_value"], "money"),
                text("requirements.late_forecast_help"))  # fmt: skip
        overdue = text("requirements.planned_orders_help", past_due=numbers.integer(fact["past_due_orders"]))
        _metric(text("requirements.planned_orders"), numbers.integer(fact["planned_orders"]), overdue)
        first = short.row(0, named=True) if short.height else None
        when = text("requirements.never") if first is None else period_name(view, first, "week")
        _metric(text("requirements.short_from"), when, text("requirements.short_from_help"))


def show_late_order(view: View, chosen: Chosen) -> None:
    """The planned order that comes last of those that are late, which the record counts on the day it is due."""
    frame = ask(view.warehouse, record_documents.supplies, chosen.item_id, chosen.location_id)
    late = frame.filter(pl.col("late_days") > 0).sort("late_days", descending=True, maintain_order=True)
    if late.height:
        row = late.row(0, named=True)
        quantity, released = (
            view.numbers.exact(round(row["quantity"], 3), "quantity"),
            view.numbers.day(row["release_date"]),
        )
        st.warning(
            view.text(
                "requirements.late_order", order=row["supply_id"], quantity=quantity, release=released,
                days=row["late_days"], count=late.height,
            ),
            icon=":material/schedule:",
        )  # fmt: skip


def _metric(label: str, value: str, about: str) -> None:
    st.metric(label, value, help=about, border=True, height="stretch")


def period_name(view: View, row: dict[str, Any], grain: str) -> str:
    """A period as a column is called: past due, a day, a week by its first day, or a month."""
    if row["is_past_due"]:
        return view.text("requirements.past_due")
    return view.numbers.month(row["period"]) if grain == "month" else view.numbers.within_year(row["period"], "week")


def show_course(view: View, chosen: Chosen) -> None:
    """The chart of projected stock."""
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, requirements.record, chosen.item_id, chosen.location_id, chosen.grain)
    names = [period_name(view, row, chosen.grain) for row in frame.iter_rows(named=True)]
    series = SeriesNames(
        projected=text("record.projected_on_hand_quantity"),
        safety=text("record.safety_stock_quantity"),
        scheduled=text("record.scheduled_receipt_quantity"),
        planned=text("record.planned_receipt_quantity"),
        asked=text("record.gross_quantity"),
    )
    figure = projected_stock_figure(
        frame, names, names=series, label=lambda value: numbers.exact(round(value, 2), "quantity"),
        tick=lambda value: numbers.tick(value, "quantity"),
    )  # fmt: skip
    columns = (
        Column("is_past_due", text("requirements.past_due"), "integer"),
        Column("period", text("requirements.first_day"), "day"),
        Column("last_day", text("requirements.last_day"), "day"),
        *(Column(name, text(f"record.{name}"), "quantity") for name in ROWS),
    )
    about = provenance(
        view, text("requirements.course", item=chosen.item_id, place=chosen.location_id), is_filtered=False
    )
    show_figure(view, f"record_{chosen.item_id}_{chosen.location_id}", figure, lambda: frame, columns, about)


def show_record(view: View, chosen: Chosen) -> None:
    """The record with periods as columns; a click on a figure shows what makes it."""
    text = view.text
    frame = ask(view.warehouse, requirements.record, chosen.item_id, chosen.location_id, chosen.grain)
    rows = [name for name in ROWS if _is_shown(frame, name)]
    periods = {_period_key(row): period_name(view, row, chosen.grain) for row in frame.iter_rows(named=True)}
    st.markdown(f"**{text('requirements.record')}** :gray[:small[{text(f'requirements.record_note_{chosen.grain}')}]]")
    labels = {name: text(f"record.{name}") for name in rows}
    table = pl.DataFrame({"record": list(labels.values())}).with_columns(
        pl.Series(key, [_blank(frame[name][at]) for name in rows], dtype=pl.Float64) for at, key in enumerate(periods)
    )
    field = f"record_cells_{chosen.item_id}_{chosen.location_id}_{chosen.grain}"
    keys = list(periods)

    def picked() -> None:
        cells = st.session_state[field]["selection"]["cells"]
        if cells and cells[0][1] in periods:
            url.write("row", rows[cells[0][0]])
            url.write("at", cells[0][1])

    st.dataframe(
        _marked(table, rows), hide_index=True, key=field, on_select=picked, selection_mode="single-cell",
        height="content", placeholder="",
        column_config={
            "record": st.column_config.TextColumn(text("requirements.measure"), pinned=True, width=165),
            **{key: st.column_config.NumberColumn(name, format="localized", width=82) for key, name in periods.items()},
        },
        alt=text("requirements.record"),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        asked = [name for name in rows if name in record_documents.MEASURES]
        measure = url.select(
            text("requirements.measure"), "row", asked, lambda one: labels[one], default=asked[0], width=240
        )
        first = next((key for at, key in enumerate(keys) if frame[measure or asked[0]][at]), keys[0])
        at = url.select(text("requirements.in_period"), "at", keys, lambda one: periods[one], default=first, width=170)
    if measure is not None and at is not None:
        _show_documents(view, chosen, frame, measure, at, f"{labels[measure]} · {periods[at]}")


def _marked(table: pl.DataFrame, rows: list[str]) -> Any:
    """Projected stock below zero in red, below safety stock in amber."""
    shown = table.to_pandas()
    stock, safety = rows.index("projected_on_hand_quantity"), rows.index("safety_stock_quantity")

    def colours(column: Any) -> list[str]:
        styles = [""] * len(column)
        left, kept = column.iloc[stock], column.iloc[safety]
        if column.name != "record" and not math.isnan(left):
            styles[stock] = "color:#d1495b;font-weight:600" if left < 0 else "color:#c77700" if left < kept else ""
        return styles

    return shown.style.apply(colours, axis=0)


def _is_shown(frame: pl.DataFrame, name: str) -> bool:
    """Rows that an item does not need are left out; without a net requirement by day there is none to show."""
    if name in ("passed_through_quantity", "forecast_quantity"):
        return bool((frame[name].fill_null(0) != 0).any())
    if name == "safety_stock_quantity":
        return True
    return frame[name].null_count() < frame.height


def _period_key(row: dict[str, Any]) -> str:
    return PAST_DUE if row["is_past_due"] else row["period"].isoformat()


def _blank(value: float | None) -> float | None:
    """Nothing happens: an empty cell, so that what happens is seen."""
    return None if value is None or abs(value) < 5e-7 else round(value, 3)


_DOCUMENT_COLUMNS: dict[str, ColumnKind] = {
    "document_type": "text", "document_id": "text", "document_date": "day", "quantity": "quantity",
    "for_item_id": "text", "customer_name": "text", "supplier_name": "text", "value": "money", "late_days": "integer",
}  # fmt: skip


def _show_documents(view: View, chosen: Chosen, record: pl.DataFrame, measure: str, at: str, title: str) -> None:
    row = record.row(at_of(record, at), named=True)
    first, last = _days(view, row)
    frame = ask(
        view.warehouse, record_documents.documents, chosen.item_id, chosen.location_id, measure, first, last
    ).with_columns(_words(view, "document_type"))
    total = row[measure] or 0.0
    known = float(frame["quantity"].sum())
    rest = total - known
    note = view.text("requirements.documents_note", total=view.numbers.exact(round(total, 3), "quantity"))
    if measure == "scheduled_receipt_quantity" and rest > 1e-3:
        note += " " + view.text("requirements.documents_rest", rest=view.numbers.exact(round(rest, 3), "quantity"))
    columns = [
        Column(name, view.text(f"plan_column.{name}"), kind)
        for name, kind in _DOCUMENT_COLUMNS.items()
        if frame[name].null_count() < frame.height
    ]
    show_table(view, "documents", title, frame, columns, note=note, empty=view.text("requirements.no_documents"))


def at_of(record: pl.DataFrame, key: str) -> int:
    """The position of a period in a record."""
    return next(at for at, row in enumerate(record.iter_rows(named=True)) if _period_key(row) == key)


def _days(view: View, row: dict[str, Any]) -> tuple[date | None, date]:
    return (None, view.build.as_of - timedelta(days=1)) if row["is_past_due"] else (row["period"], row["last_day"])


def _words(view: View, column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda one: view.text.term("document", one), return_dtype=pl.String)


_WAITING: dict[str, ColumnKind] = {
    "demand_type": "text", "demand_id": "text", "customer_name": "text", "item_id": "text", "location_id": "text",
    "demand_date": "day", "possible_date": "day", "late_days": "integer", "p50_date": "day", "p90_date": "day",
    "in_time_rate": "percent", "late_quantity": "quantity", "late_value": "money", "limiting_type": "text",
    "limiting_id": "text",
}  # fmt: skip


def show_waiting(view: View, chosen: Chosen) -> None:
    """Whose orders come late because of this item."""
    frame = ask(view.warehouse, record_documents.waiting_demands, chosen.item_id, chosen.location_id)
    has_chances = frame["p50_date"].null_count() < frame.height
    note = "requirements.waiting_note_chances" if has_chances else "requirements.waiting_note"
    columns = [
        Column(name, view.text(f"plan_column.{name}"), kind)
        for name, kind in _WAITING.items()
        if frame[name].null_count() < frame.height
    ]
    show_table(
        view, "waiting", view.text("requirements.waiting"),
        frame.with_columns(_words(view, "demand_type"), _words(view, "limiting_type")), columns,
        note=view.text(note), empty=view.text("requirements.waiting_none"),
    )  # fmt: skip


def show_findings(view: View, chosen: Chosen) -> None:
    """What the plan could not take as it was stated; nothing where all of it was."""
    frame = ask(view.warehouse, record_documents.findings, chosen.item_id, chosen.location_id)
    for row in frame.iter_rows(named=True):
        st.markdown(f":material/build: {view.text.pick(row['sentence_en'], row['sentence_zh']) or row['finding_kind']}")
