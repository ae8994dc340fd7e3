"""Who the customer is, and its figures: value, margin, what is open and at risk, punctuality as felt, money owed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tower.metrics import Filter
from tower.queries import account as questions
from tower.queries import account_orders, value_at_risk
from tower.queries import scorecard as metric_questions
from tower.queries.scorecard import Card
from tower.ui.cached import ask, ask_metrics
from tower.ui.definitions import show_definition
from tower.ui.lifecycle.choices import stage_names
from tower.ui.links import address
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

# Punctuality as the customer felt it, and as we count what left the house against our last word.
METRICS = ("revenue", "gross_margin_rate", "on_time_in_full_rate", "on_time_in_full_shipped_promised_rate")


def show_head(view: View, row: dict[str, Any]) -> None:
    """Name, sentence, links, cards."""
    text, numbers = view.text, view.numbers
    st.markdown(f"##### {row['customer_id']} · {row['customer_name'] or ''}")
    facts = [
        text.term("lifecycle_type", row["customer_type"] or ""), text.term("customer_segment", row["segment"] or ""),
        text.term("customer_region", row["region"] or ""), row["sales_rep_name"],
        stage_names(view).get(row["stage"] or ""),
    ]  # fmt: skip
    st.caption(" · ".join(dict.fromkeys(one for one in facts if one)))
    if row["last_ordered_date"] is not None:
        gap = row["usual_gap_days"]
        said = [
            text(
                "account.rhythm", day=numbers.day(row["last_ordered_date"]), silent=numbers.integer(row["silent_days"]),
                gap=text("account.no_gap") if gap is None else numbers.value(gap, "days", 0),
            )
        ]  # fmt: skip
        if (churn := row["churn_probability"]) is not None:
            chance = numbers.value(churn, "percent")
            said.append(text("account.rhythm_churn", days=row["churn_days"], churn=chance))
        if (worth := row["lifetime_value"]) is not None:
            said.append(text("account.rhythm_value", value=numbers.value(worth, "money")))
        st.markdown(" ".join(said))
    _show_future(view, row["customer_id"])
    _show_links(view, row["customer_id"])
    _show_cards(view, row["customer_id"])


def _show_future(view: View, customer_id: str) -> None:
    """What hangs on its late orders beyond the orders; what cannot be measured is said."""
    found = ask(view.warehouse, value_at_risk.of_customer, customer_id)
    if not found["lines"]:
        return
    text, numbers = view.text, view.numbers
    if found["future_value_at_risk"] is None:
        reason = f"account.future_{found['reason']}"
        st.caption(text(reason if text.has(reason) else "account.future_unknown"))
        return
    st.warning(
        text(
            "account.future", value=numbers.value(found["future_value_at_risk"], "money"),
            lines=numbers.integer(found["lines"]), worth=numbers.value(found["lifetime_value"], "money"),
            points=numbers.value(found["late_churn_increase"], "percent"),
        ),
        icon=":material/heart_broken:",
    )  # fmt: skip


def _show_links(view: View, customer_id: str) -> None:
    text = view.text
    ways = {
        "lifecycle": {"section": "value", "customer": customer_id},
        "pipeline": {},
        "inbound_outbound": {},
    }
    with st.container(horizontal=True, gap="small", key="account_links"):
        for screen, parameters in ways.items():
            if (way := address(view, screen, **parameters)) is not None:
                st.markdown(f"[{text(f'account.to_{screen}')}]({way})", width="content")


def _show_cards(view: View, customer_id: str) -> None:
    """Metrics of the period and what stands today; where a source lacks what they need, by name."""
    text, numbers = view.text, view.numbers
    where = (Filter("customer", "in", (customer_id,)),)
    names = [one for one in METRICS if one in view.catalogue.metrics]
    possible, cards = metric_questions.answerable(view.catalogue, names, view.missing, where, view.scope)
    found = {}
    if possible:
        found = ask_metrics(view, metric_questions.values, tuple(possible), where, view.selection.period)
    lines = ask(view.warehouse, account_orders.open_lines, customer_id)
    owed = ask(view.warehouse, questions.credit, customer_id)
    late = lines.filter(lines["standing"] == "late")
    limit = owed["credit_limit_value"]
    today: list[tuple[str, str, str, bool, str]] = [
        ("open_orders", numbers.value(float(lines["open_value"].sum() or 0), "money"),
         text("account.lines_late", lines=numbers.integer(lines.height), late=numbers.integer(late.height)),
         is_connected(view, "sales_order_lines"), "sales_order_lines"),
        ("late_money", numbers.value(float(lines["late_value"].sum() or 0), "money"), "",
         is_connected(view, "sales_order_lines"), "sales_order_lines"),
        ("overdue", numbers.value(owed["overdue_value"], "money"),
         text("account.of_open", value=numbers.value(owed["open_value"], "money")),
         is_connected(view, "invoices"), "invoices"),
        ("credit_used", numbers.value(owed["open_value"] / limit if limit else None, "percent"),
         text("account.of_limit", value=numbers.value(limit, "money")) if limit else "",
         is_connected(view, "customers", "credit_limit_value"), "customers.credit_limit_value"),
    ]  # fmt: skip
    with st.grid(4, min_column_width=150, gap="small"):
        for name in names:
            card = cards.get(name)
            if name in found:
                card = Card(name, "shown", value=found[name][0], numerator=found[name][1], denominator=found[name][2])
            assert card is not None
            _show_metric(view, card)
        for name, value, below, connected, needed in today:
            with st.container(border=True, height="stretch", gap=None, key=f"account_card_{name}"):
                st.metric(
                    text(f"account.{name}"), value if connected else numbers.value(None, "money"),
                    help=text(f"account.{name}_help"),
                )  # fmt: skip
                if not connected:
                    st.caption(f":material/link_off: {text('card.not_connected', missing=needed)}")
                elif below:
                    st.caption(below)


def _show_metric(view: View, card: Card) -> None:
    metric, text, numbers = view.catalogue.metric(card.metric), view.text, view.numbers
    with st.container(border=True, height="stretch", gap=None, key=f"account_card_{card.metric}"):
        label = f"account.metric_{card.metric}"
        st.metric(
            text(label) if text.has(label) else view.label(card.metric),
            numbers.value(card.value if card.state == "shown" else None, metric.unit, metric.decimals),
        )  # fmt: skip
        if card.state == "not_connected":
            st.caption(f":material/link_off: {text('card.not_connected', missing=text.listed(card.missing))}")
        elif card.state != "shown":
            st.caption(text("card.not_in_scope"))
        elif card.value is None:
            st.caption(text("card.no_rows"))
        st.space("stretch")
        with st.popover(
            text("card.definition"), type="tertiary", icon=":material/info:", key=f"account_what_{card.metric}"
        ):
            show_definition(view, metric, card)
