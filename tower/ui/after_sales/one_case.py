"""One case down to its origin: order line, lot, all its deliveries, production order, parts and their suppliers."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import after_sales_case as questions
from tower.ui import states, url
from tower.ui.after_sales.asked import Asked, account_link, batch_name, worded
from tower.ui.after_sales.goods import TRACED
from tower.ui.cached import ask
from tower.ui.kit_words import columns_of
from tower.ui.links import address
from tower.ui.page import bring_into_sight
from tower.ui.tables import show_table
from tower.ui.view import View

_DELIVERIES: dict[str, ColumnKind] = {
    "delivery_id": "text", "delivered_date": "day", "made": "text", "quantity": "quantity", "batch": "text",
    "production_order_id": "text", "delivery_line_id": "text",
}  # fmt: skip
_OTHERS: dict[str, ColumnKind] = {
    "customer": "text", "customer_id": "text", "delivery_id": "text", "delivered_date": "day", "quantity": "quantity",
    "failures": "integer", "open_cases": "integer", "cost_value": "money", "sales_order_line_id": "text",
}  # fmt: skip
_ORDER: dict[str, ColumnKind] = {
    "production_order_id": "text", "made": "text", "location_id": "text", "started_date": "day",
    "finished_date": "day", "completed_quantity": "quantity", "scrapped_quantity": "quantity",
    "inspections": "integer", "rejected_quantity": "quantity", "defects": "text",
}  # fmt: skip
_PARTS: dict[str, ColumnKind] = {
    "made": "text", "quantity": "quantity", "part_lot_id": "text", "supplier_name": "text", "document": "text",
    "arrived_date": "day", "origin": "text", "known_by": "text",
}  # fmt: skip
_CASES: dict[str, ColumnKind] = {
    "case_id": "text", "opened_date": "day", "type_name": "text", "severity_name": "text", "cost_value": "money",
}  # fmt: skip
_RETURNS: dict[str, ColumnKind] = {
    "return_line_id": "text", "returned_date": "day", "quantity": "quantity", "return_reason": "text",
}  # fmt: skip


def show_search(view: View, _: Asked) -> None:
    """A field for the number of a case; what it finds is drawn below every section."""
    field = "pick_case"
    # A row that was chosen elsewhere writes the same parameter.
    st.session_state[field] = url.value("case")
    st.text_input(
        view.text("after_sales.find_case"), key=field, placeholder=view.text("after_sales.find_hint"),
        icon=":material/search:", on_change=lambda: url.write("case", st.session_state[field].strip()),
    )  # fmt: skip
    if not url.value("case"):
        st.info(view.text("after_sales.choose_case"), icon=":material/touch_app:")


def show_case(view: View, asked: Asked, case_id: str) -> None:
    """The chain of one case."""
    text = view.text
    row = ask(view.warehouse, questions.case, case_id)
    if row is None:
        states.empty(text, text("after_sales.unknown_case", case=case_id))
        return
    with st.container(border=True, key="one_case"):
        bring_into_sight("one_case", case_id)
        head, close = st.columns([6, 1], vertical_alignment="center")
        head.markdown(f"##### {text('after_sales.case', case=case_id)}")
        close.button(text("after_sales.close"), key="close_case", type="tertiary", on_click=url.clear, args=("case",))
        _show_facts(view, asked, row)
        if row["sales_order_line_id"] is None:
            states.empty(text, text("after_sales.no_line"))
            return
        _show_goods(view, asked, row)
        _show_aftermath(view, asked, row)


def _show_facts(view: View, asked: Asked, row: dict[str, Any]) -> None:
    text, numbers = view.text, view.numbers
    item = text.pick(row["item_name"] or row["item_id"] or "", row["item_name_zh"])
    customer = row["customer_name"] or row["customer_id"]
    hours = {
        "first_response": (row["first_response_hours"], row["first_response_target_hours"]),
        "resolution": (row["resolution_hours"], row["resolution_target_hours"]),
    }
    facts = [
        ("type", asked.types.get(row["case_type"], row["case_type"] or "–")),
        ("severity", asked.severities.get(row["severity"], row["severity"] or "–")),
        ("customer", account_link(view, row["customer_id"], customer) if row["customer_id"] else "–"),
        ("by_item", f"{row['item_id']} {item}" if row["item_id"] else "–"),
        ("opened", numbers.day(row["opened_date"])),
        *((kind, _time(view, done, aim, row["hours_open"])) for kind, (done, aim) in hours.items()),
        ("cost", numbers.exact(row["cost_value"], "money")),
        ("order_line", row["sales_order_line_id"] or "–"),
        ("age_at_case", numbers.value(row["days_in_use"], "days", 0)),
        ("batch", batch_name(view, row["batch_kind"], row["batch_id"]) or text("after_sales.batch_none")),
        ("repeat_of", row["previous_case_id"] or "–"),
    ]  # fmt: skip
    with st.grid(3, min_column_width=230, gap="small"):
        for name, value in facts:
            st.markdown(f":gray[{text(f'after_sales.{name}')}]  \n{value}")
    links = [
        (text("after_sales.to_lot_trace"), _trace_link(view, row["batch_kind"], row["batch_id"])),
        (text("after_sales.to_quality"), address(view, "quality", item=row["item_id"]) if row["item_id"] else None),
    ]
    listed = [f"[{name}]({where})" for name, where in links if where]
    if listed:
        st.markdown(f":material/link: {' · '.join(listed)}")


def _time(view: View, done: float | None, target: float | None, so_far: float | None) -> str:
    """Hours taken, or so far, against the target."""
    numbers = view.numbers
    aim = numbers.value(target, "hours", 0)
    if done is not None:
        return view.text("after_sales.hours_of", hours=numbers.value(done, "hours"), target=aim)
    return view.text("after_sales.not_yet", hours=numbers.value(so_far, "hours"), target=aim)


def _trace_link(view: View, kind: str | None, batch: str | None) -> str | None:
    if not batch or kind not in TRACED:
        return None
    return address(view, "lot_trace", start=f"{TRACED[kind]}:{batch}", find=batch)


def _show_goods(view: View, asked: Asked, row: dict[str, Any]) -> None:
    """What was delivered, who else has it, what made it and of what."""
    text = view.text
    found = ask(view.warehouse, questions.deliveries, row["sales_order_line_id"])
    show_table(
        view, "case_deliveries", text("after_sales.delivered", line=row["sales_order_line_id"]),
        worded(view, asked, found), columns_of(view, "after_sales_column", _DELIVERIES),
        note=text("after_sales.delivered_note"), empty=text("after_sales.not_delivered"),
    )  # fmt: skip
    kinds = found.filter(pl.col("batch_id").is_not_null()).unique(["batch_kind", "batch_id"], maintain_order=True)
    if kinds.is_empty():
        if found.height:
            states.empty(text, text("after_sales.batch_unknown"))
        return
    batches = {f"{kind}:{batch}": (kind, batch) for kind, batch in kinds.select("batch_kind", "batch_id").rows()}
    names = {key: batch_name(view, *one) or "" for key, one in batches.items()}
    chosen = next(iter(batches))
    if len(batches) > 1:
        st.caption(text("after_sales.several_batches", count=len(batches)))
        chosen = st.selectbox(
            text("after_sales.batch"), list(batches), format_func=names.__getitem__, key=f"batch_{row['case_id']}"
        )
    kind, batch = batches[chosen]
    item = kinds.filter((pl.col("batch_kind") == kind) & (pl.col("batch_id") == batch))["item_id"][0]
    others = ask(view.warehouse, questions.others, kind, batch, item)
    has = others["customer_id"].n_unique()
    note = text(
        "after_sales.others_note", customers=has, units=view.numbers.integer(float(others["quantity"].sum())),
        failures=int(others.unique("sales_order_line_id")["failures"].sum()),
    )  # fmt: skip
    if not view.scope.is_everything:
        note += " " + text("after_sales.others_scope")
    show_table(
        view, "case_others", text("after_sales.others", batch=names[chosen]), worded(view, asked, others),
        columns_of(view, "after_sales_column", _OTHERS), note=note,
    )  # fmt: skip
    order = kinds.filter((pl.col("batch_kind") == kind) & (pl.col("batch_id") == batch))["production_order_id"][0]
    if order:
        _show_origin(view, asked, order)


def _show_origin(view: View, asked: Asked, order: str) -> None:
    text = view.text
    show_table(
        view, "case_order", text("after_sales.made_by"),
        worded(view, asked, ask(view.warehouse, questions.production_order, order)),
        columns_of(view, "after_sales_column", _ORDER), empty=text("after_sales.order_out_of_scope"),
    )  # fmt: skip
    parts = ask(view.warehouse, questions.parts, order)
    shown = worded(view, asked, parts).with_columns(
        pl.Series("origin", [text(f"lot_trace.movement_{one}") for one in parts["movement_type"]], pl.String),
        pl.Series("known_by", [text(f"lot_trace.link_{one}") for one in parts["link"]], pl.String),
    )
    show_table(
        view, "case_parts", text("after_sales.parts"), shown, columns_of(view, "after_sales_column", _PARTS),
        note=text("after_sales.parts_note"), empty=text("after_sales.no_parts"),
    )  # fmt: skip


def _show_aftermath(view: View, asked: Asked, row: dict[str, Any]) -> None:
    text = view.text
    found = ask(view.warehouse, questions.aftermath, row["case_id"], row["sales_order_line_id"])
    for name, kinds in (("cases", _CASES), ("returns", _RETURNS)):
        if found[name].height:
            show_table(
                view, f"case_{name}", text(f"after_sales.other_{name}"), worded(view, asked, found[name]),
                columns_of(view, "after_sales_column", kinds),
            )  # fmt: skip
    for answer in found["answers"].iter_rows(named=True):
        st.markdown(
            text(
                "after_sales.answered", day=view.numbers.day(answer["responded_date"]), score=f"{answer['score']:g}",
                best=f"{answer['best_score']:g}" if answer["best_score"] else "–", survey=answer["survey_type"].upper(),
            )
        )  # fmt: skip
