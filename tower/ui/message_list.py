"""The ranked list of messages: mark some, read one, decide, and take the orders to be released away."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import Column, ColumnKind, csv_bytes
from tower.i18n.numbers import MISSING
from tower.queries import order_proposals
from tower.queries.planning_messages import is_to_release
from tower.store.decisions import ACCEPT
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.decisions import show_decision
from tower.ui.downloads import provenance, show_downloads
from tower.ui.message_notes import comment_counts, show_notes
from tower.ui.messages import Reading, message_in_words
from tower.ui.tables import TALLEST, column_config, show_table
from tower.ui.view import View

MOST_LISTED = 500
_COLUMNS: dict[str, ColumnKind] = {
    "code": "text", "title": "text", "item": "text", "location_id": "text", "document": "text", "days": "integer",
    "to_date": "day", "quantity": "quantity", "risk_value": "money", "bound_value": "money", "planner": "text",
    "supplier_name": "text", "decision": "text", "reason": "text", "author": "text", "comments": "integer",
}  # fmt: skip


def show_ranked(view: View, reading: Reading) -> None:
    """The messages by money at risk; marks decide about several, one is told in words."""
    text = view.text
    if reading.shown.is_empty():
        states.empty(text, text("messages.none_left"))
        return
    listed = _worded(view, reading.shown.head(MOST_LISTED))
    columns = [
        Column(name, text(f"message_column.{name}"), kind)
        for name, kind in _COLUMNS.items()
        if reading.shown.height and listed[name].null_count() < listed.height
    ]
    title = text("messages.ranked")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.markdown(f"**{title}**")
            st.caption(
                text(
                    "messages.ranked_note", shown=view.numbers.integer(listed.height),
                    all=view.numbers.integer(reading.shown.height),
                )
            )  # fmt: skip
        everything = [Column(name, text(f"message_column.{name}"), kind) for name, kind in _COLUMNS.items()]
        show_downloads(
            view, "messages", lambda: _worded(view, reading.shown), lambda _: everything,
            provenance(view, title, is_filtered=False),
        )  # fmt: skip
    field = f"message_rows_{st.session_state.get('decision_round', 0)}"
    event = st.dataframe(
        listed.select([column.name for column in columns]), hide_index=True, key=field, on_select="rerun",
        selection_mode="multi-row", column_config={column.name: column_config(column) for column in columns},
        height=TALLEST if listed.height > 10 else "content", placeholder=MISSING, alt=title,
    )  # fmt: skip
    marked = [one for one in event["selection"]["rows"] if one < listed.height]
    show_decision(view, reading.shown[marked] if marked else reading.shown.clear(), reading.shown)
    _show_one(view, reading, listed, marked)


def _worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Names in the reader's language, and the document that a message is about."""
    text = view.text
    is_chinese = text.language == "zh"
    title, name = ("title_zh", "item_name_zh") if is_chinese else ("title", "item_name")
    kind, number = pl.coalesce("order_type", "demand_type"), pl.coalesce("order_id", "demand_id", "work_centre_id")
    words = kind.replace_strict(
        {one: text.term("document", one) for one in frame.select(kind).to_series().drop_nulls().unique()}, default=None
    )
    decisions = {one: text(f"decision.{one}d") for one in frame["decision"].drop_nulls().unique()}
    return frame.with_columns(
        comment_counts(frame),
        title=pl.coalesce(title, "title"),
        item=pl.concat_str(pl.col("item_id"), pl.coalesce(name, "item_name"), separator=" ", ignore_nulls=True),
        document=pl.concat_str(words, number, separator=" ", ignore_nulls=True).replace("", None),
        days=pl.when(pl.col("days") != 0).then("days"),
        to_date=pl.when(pl.col("to_date") != pl.col("message_date")).then("to_date"),
        risk_value=pl.when(pl.col("risk_value") != 0).then("risk_value"),
        bound_value=pl.when(pl.col("bound_value") != 0).then("bound_value"),
        decision=pl.col("decision").replace(decisions) if decisions else pl.col("decision"),
    )


def _show_one(view: View, reading: Reading, listed: pl.DataFrame, marked: list[int]) -> None:
    """The first marked message in words, or the one that a link names, or the first of all."""
    text = view.text
    numbers = [str(one) for one in listed["message_number"]]
    names = {
        number: " · ".join(str(part) for part in parts if part)
        for number, *parts in listed.select(
            pl.col("message_number").cast(pl.String), "code", "item_id", "location_id", "document"
        ).rows()
    }
    first = numbers[marked[0]] if marked else numbers[0]
    with st.container(border=True, key="message_detail"):
        chosen = url.select(text("messages.one"), "message", numbers, lambda one: names[one], default=first, width=520)
        row: dict[str, Any] = reading.shown.row(numbers.index(chosen or first), named=True)
        what, *rest = message_in_words(view, row)
        st.markdown(f"**{what}**")
        st.markdown(" ".join(rest) if text.language == "en" else "".join(rest))
        if row["item_id"]:
            st.page_link(
                "pages/planning/requirements.py", label=text("messages.to_requirements", item=row["item_id"]),
                icon=":material/table_chart:",
                query_params={
                    "user": view.user.user_id, "lang": text.language, "item": row["item_id"],
                    "place": row["location_id"],
                },
            )  # fmt: skip
        show_notes(view, row)


_PROPOSAL: dict[str, ColumnKind] = {
    "plan_order_id": "text", "item_id": "text", "item_name": "text", "location_id": "text", "supplier_name": "text",
    "quantity": "quantity", "base_uom": "text", "release_date": "day", "due_date": "day", "need_date": "day",
    "late_days": "integer", "value": "money", "served_value": "money", "planner": "text",
}  # fmt: skip


def show_proposals(view: View, reading: Reading) -> None:
    """The orders to be released among the messages shown, for purchasing and production, and for Odoo."""
    text = view.text
    is_release = is_to_release()
    # What was accepted is no longer open: it is found whatever state is shown.
    accepted = reading.every.filter(is_release & (pl.col("decision") == ACCEPT))
    named = accepted if accepted.height else reading.shown.filter(is_release)
    orders = tuple(named["order_id"].unique().sort().to_list())
    as_of = view.build.as_of.isoformat()
    kind = url.segments(
        text("proposals.kind"), "proposals", ("purchase", "production"), lambda one: text(f"proposals.{one}"),
        default="purchase", label_visibility="collapsed",
    )  # fmt: skip
    ways = order_proposals.PURCHASE_WAYS if kind == "purchase" else order_proposals.PRODUCTION_WAYS
    frame = ask(view.warehouse, order_proposals.proposals, orders, ways)
    shown = frame.with_columns(
        item_name=pl.coalesce("item_name_zh", "item_name") if text.language == "zh" else "item_name"
    )
    note = "proposals.accepted" if accepted.height else "proposals.note"
    columns = [
        Column(name, text(f"proposal_column.{name}"), one)
        for name, one in _PROPOSAL.items()
        if kind == "purchase" or name != "supplier_name"
    ]
    show_table(
        view, f"{kind}_proposals", text(f"proposals.{kind}_title"), shown, columns,
        note=text(note, count=view.numbers.integer(frame.height)),
        empty=text("proposals.none"),
    )  # fmt: skip
    if frame.is_empty():
        return
    odoo = order_proposals.odoo_purchase_orders if kind == "purchase" else order_proposals.odoo_production_orders
    model = {"purchase": "purchase.order", "production": "mrp.production"}[kind]
    st.download_button(
        text("proposals.odoo", model=model), lambda: _odoo_csv(odoo(frame, as_of)), f"odoo_{model}_{as_of}.csv",
        "text/csv", key=f"{kind}_odoo", on_click="ignore", type="tertiary", icon=":material/upload_file:",
        help=text(f"proposals.odoo_{kind}_help"),
    )  # fmt: skip


def _odoo_csv(frame: pl.DataFrame) -> bytes:
    """The technical field names as they are: Odoo maps columns by them."""
    return csv_bytes(frame, [Column(name, name) for name in frame.columns])
