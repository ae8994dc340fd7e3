"""What is still to arrive, ranked by the money it stops; one of it with milestones, reasons and what waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import open_supply as questions
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of
from tower.ui.links import address
from tower.ui.page import bring_into_sight
from tower.ui.suppliers.asked import is_connected, worded
from tower.ui.view import View

_STATUS_CHOICES: Mapping[str, tuple[str, ...]] = {
    "trouble": questions.TROUBLE,
    "late": ("late",),
    "likely_late": ("likely_late",),
    "at_risk": ("at_risk",),
    "every": questions.STATUSES,
}
_COLUMNS: dict[str, ColumnKind] = {
    "kind": "text", "document_id": "text", "item_id": "text", "item": "text", "whence": "text",
    "value_at_risk": "money", "stopped_lines": "integer", "due_date": "day", "p50_date": "day", "p90_date": "day",
    "late_probability": "percent", "days_late": "integer", "needed_date": "day", "stopped_customers": "integer",
    "first_customer": "text", "waiting_value": "money", "status": "text", "last_event": "text", "carrier": "text",
    "open_quantity": "quantity", "base_uom": "text", "open_value": "money", "date_by": "text", "location_id": "text",
}  # fmt: skip
_STOPPED: dict[str, ColumnKind] = {
    "demand_id": "text", "customer_name": "text", "item_id": "text", "item": "text", "demand_date": "day",
    "value": "money", "hit": "text", "plan_late_days": "integer",
}  # fmt: skip
_MILESTONES: dict[str, ColumnKind] = {
    "event": "text", "planned_at": "instant", "event_at": "instant", "late_hours": "number", "place": "text",
    "note": "text",
}  # fmt: skip
_REASONS: dict[str, ColumnKind] = {
    "fact": "text", "value": "number", "usual_value": "number", "effect": "number",
}  # fmt: skip


def show_supplies(view: View, plants: tuple[str, ...]) -> None:
    """The ranked list and what is chosen of it."""
    text = view.text
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = url.segments(
            text("inbound.kind"), "kind", ["all", *questions.KINDS], lambda one: text(f"inbound.kind_{one}"),
            default="all",
        )  # fmt: skip
        status = url.segments(
            text("inbound.status"), "status", list(_STATUS_CHOICES), lambda one: text(f"inbound.status_{one}"),
            default="trouble",
        )  # fmt: skip
    kinds = questions.KINDS if kind == "all" else (kind,)
    frame = ask(view.warehouse, questions.open_supply, plants, kinds, _STATUS_CHOICES[status])
    ids = [f"{one}~{document}" for one, document in frame.select("document_type", "document_id").rows()]
    show_choice(
        view, "open_supply", text("inbound.list"), _worded(view, frame), columns_of(view, "inbound_column", _COLUMNS),
        parameter="document", ids=ids, note=text("inbound.list_note"), empty=text("inbound.nothing_late"),
        linked=("item_id", "location_id"), tallest=420, widths={"item": 150, "whence": 180, "first_customer": 190},
    )  # fmt: skip
    if frame.is_empty():
        return
    every = ask(view.warehouse, questions.open_supply, (), questions.KINDS, questions.STATUSES)
    asked = url.value("document")
    kind_of, _, document = (asked or ids[0]).partition("~")
    row = every.filter((pl.col("document_type") == kind_of) & (pl.col("document_id") == document))
    if not row.is_empty():
        _show_one(view, row.row(0, named=True), is_chosen=bool(asked))


def _worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Kinds, states and events in words; `whence`: the supplier, the place, or the customer it goes to."""
    text = view.text

    def words(group: str, column: str) -> pl.Expr:
        known = frame[column].drop_nulls().unique().to_list()
        return pl.col(column).replace({one: text(f"{group}_{one}") for one in known})

    events = {one: text.term("shipment_event", one) for one in frame["last_event_type"].drop_nulls().unique()}
    return worded(view, frame).with_columns(
        kind=words("inbound.kind", "document_type"), status=words("inbound.status", "arrival_status"),
        last_event=pl.col("last_event_type").replace(events),
        date_by=pl.col("date_by").replace(
            {one: text.term("arrival_candidate", one) for one in frame["date_by"].drop_nulls().unique()}
        ),
        whence=pl.coalesce("supplier_name", "from_location_name", pl.lit(""))
        + pl.when(pl.col("document_type") == "delivery")
        .then(pl.lit(" → ") + pl.col("customer_name").fill_null(""))
        .when(pl.col("document_type") == "transfer_order_line")
        .then(pl.lit(" → ") + pl.col("to_location_name").fill_null(""))
        .otherwise(pl.lit("")),
    )  # fmt: skip


def _show_one(view: View, row: Mapping[str, Any], *, is_chosen: bool) -> None:
    text, numbers = view.text, view.numbers
    document = row["document_id"]
    with st.container(border=True, key="one_supply"):
        name = text.pick(row["item_name"], row["item_name_zh"]) or ""
        whom = row["supplier_name"] or row["customer_name"] or row["to_location_name"] or ""
        st.markdown(f"##### {text('inbound.kind_' + row['document_type'])} {document} · {name} · {whom}")
        facts = [text("inbound.due", day=numbers.day(row["due_date"]))]
        if row["p50_date"] is not None:
            facts.append(
                text("inbound.predicted", p50=numbers.day(row["p50_date"]), p90=numbers.day(row["p90_date"]),
                     chance=numbers.value(row["late_probability"], "percent", 0))
            )  # fmt: skip
            facts.append(text("inbound.by", by=text.term("arrival_candidate", row["date_by"])))
        else:
            facts.append(text("inbound.unpredicted"))
        if row["needed_date"] is not None:
            facts.append(text("inbound.needed", day=numbers.day(row["needed_date"])))
        st.markdown(" · ".join(facts))
        supplier = row["supplier_id"]
        link = address(view, "suppliers", supplier=supplier, section="one", lines="open") if supplier else None
        if link:
            st.markdown(f"[{text('inbound.to_supplier')}]({link})")
        _show_stopped(view, row)
        left, right = st.columns(2)
        with left:
            _show_milestones(view, row)
        with right:
            _show_reasons(view, row)
    if is_chosen:
        bring_into_sight("one_supply", document)


def _show_stopped(view: View, row: Mapping[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.stopped, row["document_type"], row["document_id"])
    hit = {1: text("inbound.hit"), 0: text("inbound.waits")}
    shown = worded(view, frame).with_columns(
        hit=pl.col("is_hit").cast(pl.String).replace({str(key): one for key, one in hit.items()}),
        plan_late_days=pl.col("late_days"),
    )
    note = text(
        "inbound.stopped_note", stopped=numbers.integer(row["stopped_lines"]),
        value=numbers.value(row["value_at_risk"], "money"), all=numbers.integer(row["waiting_lines"]),
        waiting=numbers.value(row["waiting_value"], "money"),
    )  # fmt: skip
    show_choice(
        view, "stopped", text("inbound.stopped"), shown, columns_of(view, "inbound_column", _STOPPED), note=note,
        empty=text("inbound.stopped_none"), tallest=300, widths={"customer_name": 260, "item": 200},
    )  # fmt: skip


def _show_milestones(view: View, row: Mapping[str, Any]) -> None:
    text = view.text
    st.markdown(f"**{text('inbound.milestones')}**")
    if row["shipment_id"] is None:
        connected = is_connected(view, "shipments")
        if connected:
            st.caption(text("inbound.not_shipped"))
        else:
            states.not_connected(text, ["shipments", "shipment_events"])
        return
    frame = ask(view.warehouse, questions.milestones, row["shipment_id"])
    st.caption(text("inbound.milestones_note", shipment=row["shipment_id"], carrier=row["carrier"] or "–"))
    events = {one: text.term("shipment_event", one) for one in frame["event_type"].unique()}
    shown = frame.with_columns(event=pl.col("event_type").replace(events), late_hours=pl.col("late_hours").round(1))
    columns = {one.name: one for one in columns_of(view, "inbound_column", _MILESTONES)}
    st.dataframe(
        shown.select(list(_MILESTONES)), hide_index=True, height="content", placeholder="",
        alt=text("inbound.milestones"),
        column_config={
            name: one.label
            if one.kind != "instant"
            else st.column_config.DatetimeColumn(one.label, format="MM-DD HH:mm")
            for name, one in columns.items()
        },
    )  # fmt: skip


def _show_reasons(view: View, row: Mapping[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    frame = ask(view.warehouse, questions.reasons, row["document_type"], row["document_id"])
    st.markdown(f"**{text('inbound.reasons')}**")
    if frame.is_empty():
        st.caption(text("inbound.reasons_none"))
        return
    explains, average = frame["explains"][0], frame["average"][0]
    is_chance = explains == "probability"
    unit = "percent" if is_chance else "days"
    st.caption(text(f"inbound.reasons_{explains}", average=numbers.value(average, unit, 0 if is_chance else 1)))
    scale = 100 if is_chance else 1
    shown = frame.with_columns(
        fact=pl.col("feature").replace({one: text.term("arrival_feature", one) for one in frame["feature"].unique()}),
        effect=(pl.col("effect") * scale).round(1), value=pl.col("value").round(2),
        usual_value=pl.col("usual_value").round(2),
    )  # fmt: skip
    st.dataframe(
        shown.select(list(_REASONS)), hide_index=True, height="content", placeholder="–", alt=text("inbound.reasons"),
        column_config={
            "fact": text("inbound_column.fact"), "value": text("inbound_column.value_here"),
            "usual_value": text("inbound_column.usual_value"), "effect": text(f"inbound_column.effect_{explains}"),
        },
    )  # fmt: skip
