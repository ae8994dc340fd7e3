"""What the after-sales screen is narrowed to, and words that its sections share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.metrics import Filter
from tower.queries import after_sales as questions
from tower.queries.after_sales import Chosen
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.filters import choose_period, described, filter_options, filter_popover, picked_of
from tower.ui.links import address
from tower.ui.view import Selection, View

PARAMETERS = ("type", "customer", "section", "by", "member", "measure", "times", "answers", "case", "pair")
# More would make a list that nobody reads; a link can name any customer.
MOST_CUSTOMERS = 200
CASE_COLUMNS: dict[str, ColumnKind] = {
    "case_id": "text", "opened_date": "day", "type_name": "text", "severity_name": "text", "customer": "text",
    "made": "text", "days_in_use": "integer", "batch": "text", "first_response_hours": "number",
    "resolution_hours": "number", "cost_value": "money", "repeat": "text", "sales_order_line_id": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is chosen, and the names of types of cases and severities in the reader's language."""

    chosen: Chosen
    types: Mapping[str, str]
    severities: Mapping[str, str]


def choose(view: View) -> tuple[View, Asked]:
    """Draw the filters; the view narrowed to them, and what is chosen."""
    text = view.text
    shared = filter_options(text, view.warehouse)
    types = _labels(view, "case_type", ask(view.warehouse, questions.case_types))
    severities = _labels(view, "severity", ask(view.warehouse, questions.severities))
    known = {"family": shared["family"], "segment": shared["segment"], "type": types}
    picked = picked_of(known)
    customers = dict(ask(view.warehouse, questions.customers, MOST_CUSTOMERS).rows())
    customer = url.value("customer") or None
    if customer and customer not in customers:
        name = ask(view.warehouse, questions.customer_name, customer)
        customers, customer = ({customer: name, **customers}, customer) if name else (customers, None)
    dimensions = {"family": "product_family", "segment": "customer_segment", "type": "case_type"}
    where = [Filter(dimensions[key], "in", ids) for key, ids in picked.items() if ids]
    names = [
        (_filter_name(view, key), text.listed(known[key][one] for one in ids)) for key, ids in picked.items() if ids
    ]
    if customer:
        where.append(Filter("customer", "in", (customer,)))
        names.append((text("after_sales.customer"), customers[customer]))
    narrowed = replace(view, selection=Selection(view.selection.period, tuple(where), tuple(names)))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="after_sales_filters"):
        choose_period(view)
        with filter_popover(text, known, lambda key: _filter_name(view, key), len(where)):
            url.select(
                text("after_sales.customer"), "customer", list(customers), customers.__getitem__, default=None,
                placeholder=text("filter.all"),
            )  # fmt: skip
        if where:
            st.button(
                text("after_sales.clear"), key="clear_after_sales", type="tertiary", icon=":material/close:",
                on_click=url.clear, args=("family", "segment", "type", "customer"),
            )  # fmt: skip
        st.caption(described(narrowed), width="content")
    period = view.selection.period
    chosen = Chosen(period.start, period.end, picked["family"], picked["segment"], picked["type"], customer)
    return narrowed, Asked(chosen, types, severities)


def _filter_name(view: View, key: str) -> str:
    return view.text("after_sales.type") if key == "type" else view.text(f"filter.{key}")


def _labels(view: View, key: str, frame: pl.DataFrame) -> dict[str, str]:
    rows = frame.select(key, "label", "label_zh").rows()
    return {value: view.text.pick(label or value, label_zh) for value, label, label_zh in rows}


def worded(view: View, asked: Asked, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of cases or lots in words: made, customer, type_name, severity_name, batch, repeat."""
    text = view.text
    first, second = ("item_name_zh", "item_name") if text.language == "zh" else ("item_name", "item_name_zh")
    made: dict[str, pl.Expr | pl.Series] = {}
    if "item_id" in frame.columns:
        made["made"] = pl.concat_str(
            [pl.col("item_id"), pl.coalesce(pl.col(first), pl.col(second)).fill_null("")], separator=" "
        ).str.strip_chars()
    if "customer_name" in frame.columns:
        made["customer"] = pl.coalesce("customer_name", "customer_id")
    if "case_type" in frame.columns:
        made["type_name"] = _replaced(frame, "case_type", asked.types)
    if "severity" in frame.columns:
        made["severity_name"] = _replaced(frame, "severity", asked.severities)
    if "batch_kind" in frame.columns:
        made["batch"] = pl.Series(
            [batch_name(view, kind, batch) for kind, batch in frame.select("batch_kind", "batch_id").rows()],
            dtype=pl.String,
        )
    if "repeat_reason" in frame.columns:
        made["repeat"] = pl.Series(
            [text(f"after_sales.repeat_{one}") if one else None for one in frame["repeat_reason"]], dtype=pl.String
        )
    return frame.with_columns(**made)


def _replaced(frame: pl.DataFrame, column: str, names: Mapping[str, str]) -> pl.Series:
    return pl.Series([names.get(one, one) if one else None for one in frame[column]], dtype=pl.String)


def batch_name(view: View, kind: str | None, batch: str | None) -> str | None:
    """A lot by its number; what is inferred says so."""
    if not batch or not kind:
        return None
    return batch if kind == "lot" else view.text(f"after_sales.batch_{kind}", batch=batch)


def account_link(view: View, customer: str, name: str) -> str:
    """The customer's name, as a link to the account where there is such a page for the reader."""
    where = address(view, "account", customer=customer)
    return f"[{name}]({where})" if where else name
