"""What customers are still worth and who may not order again, most value at risk first; and one customer's facts."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import customer_lifecycle as questions
from tower.queries.customer_lifecycle import Chosen
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.downloads import provenance
from tower.ui.kit_words import columns_of
from tower.ui.lifecycle.choices import show_accounts
from tower.ui.links import ACCOUNT, address
from tower.ui.tables import show_table
from tower.ui.view import View

# Below, the chances of two customers are in the right order hardly more often than by a coin.
TELLS_APART = 0.65
# What gives the chances of a group where no candidate tells its customers apart.
NOTHING = "none"
_FACTS: dict[str, ColumnKind] = {
    "rank": "integer", "fact": "text", "value": "text", "usual_value": "text", "effect": "percent",
}  # fmt: skip
# The unit of each fact; all others are counts and days.
_SHARES = ("value_change", "late_share", "short_share", "paid_late_share", "price_change")
_MONEY = "value_year"
_RATIO = "silent_ratio"
# The season is one of the things that a model knows, and no fact about the customer.
_SEASON = "month"


def show_value(view: View, chosen: Chosen) -> None:
    """What is used, four figures, the list, the customer chosen."""
    text, numbers = view.text, view.numbers
    groups = ask(view.warehouse, questions.groups)
    for row in groups.iter_rows(named=True):
        st.caption(sentence(view, row))
    found = ask(view.warehouse, questions.totals, chosen)
    if not found["customers"]:
        states.empty(text, text("lifecycle.no_orders"))
        return
    cards = (
        ("lifetime_value", numbers.value(found["lifetime_value"], "money"),
         text("capacity.of", part=numbers.integer(found["valued"]), whole=numbers.integer(found["customers"]))),
        ("value_at_risk", numbers.value(found["value_at_risk"], "money"), ""),
        ("out_of_rhythm", numbers.integer(found["out_of_rhythm"]), ""),
        ("losses", numbers.integer(found["losses"]), ""),
    )  # fmt: skip
    with st.grid(4, min_column_width=170, gap="small"):
        for name, value, below in cards:
            st.metric(
                text(f"lifecycle.{name}"), value, delta=below or None, delta_color="off", delta_arrow="off",
                border=True, height="stretch", help=text(f"lifecycle.{name}_help"),
            )  # fmt: skip
    frame = ask(view.warehouse, questions.accounts, chosen)
    _show_customer(view, chosen)
    show_accounts(view, "value_accounts", text("lifecycle.ranked"), frame, text("lifecycle.ranked_note"))


def sentence(view: View, row: dict[str, object]) -> str:
    """What gives value and chances of one group, and why."""
    text, numbers = view.text, view.numbers
    name = text.pick(str(row["label"]), str(row["label_zh"]))
    size = numbers.integer(_number(row["customers"]))
    is_plain = row["value_by"] not in (None, "bg_nbd")
    fitted = "lifecycle.value_plain" if is_plain else "lifecycle.value_fitted"
    value = text(
        fitted if row["is_fitted"] else "lifecycle.value_too_few", months=row["horizon_months"],
        rate=numbers.value(_number(row["yearly_rate"]), "percent"),
        repeaters=numbers.integer(_number(row["repeaters"])),
    )  # fmt: skip
    if row["is_fitted"] and row["is_better_than_plain"] is not None:
        held = text(
            f"lifecycle.held_out_{row['value_by']}",
            came=numbers.integer(_number(row["held_out_came"])),
            expected=numbers.integer(_number(row["held_out_expected"])),
            error=f"{_number(row['held_out_error']):.3f}", plain=f"{_number(row['held_out_plain_error']):.3f}",
        )  # fmt: skip
        value = f"{value} {held}"
    churn = text(
        f"lifecycle.churn_{_reason(row)}", days=row["churn_days"], way=text.term("churn_way", str(row["churn_by"])),
        active=row["active_days"], auc=numbers.value(_number(row["best_auc"]), "number"),
    )  # fmt: skip
    area = row["auc"]
    weak = text("lifecycle.weak", auc=f"{area:.2f}") if isinstance(area, float) and area < TELLS_APART else ""
    return f"**{name}** ({size}): {value} {churn} {weak}".strip()


def _reason(row: dict[str, object]) -> str:
    if row["churn_by"] == NOTHING:
        return "nothing"
    if row["churn_reason"] != "compared":
        return "not_judged"
    return "model" if row["churn_by"] in ("logistic", "boosting") else "rival"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _show_customer(view: View, chosen: Chosen) -> None:
    """One customer: the figures in a sentence, and its facts beside the usual ones."""
    text, numbers = view.text, view.numbers
    customer = url.value("customer")
    found = ask(view.warehouse, questions.accounts, chosen, (customer,))
    row = next(found.iter_rows(named=True), None)
    if row is None:
        st.caption(text("lifecycle.choose_customer"))
        return
    with st.container(border=True, key="one_customer"):
        head, clear = st.columns([8, 1], vertical_alignment="center")
        way = address(view, ACCOUNT, customer=customer)
        link = f" · [{text('account.open_account')}]({way})" if way else ""
        head.markdown(f"**{row['customer_id']} · {row['customer_name']}**{link}")
        clear.button(
            text("lifecycle.close"), on_click=url.clear, args=("customer",), key="close_customer", type="tertiary"
        )
        gap = row["usual_gap_days"]
        st.markdown(
            text(
                "lifecycle.customer_says", silent=numbers.integer(row["silent_days"]),
                gap=text("lifecycle.no_gap") if gap is None else numbers.value(gap, "days", 0),
                alive=numbers.value(row["alive_probability"], "percent"),
                churn=numbers.value(row["churn_probability"], "percent"),
                orders="–" if row["expected_orders"] is None else f"{row['expected_orders']:.1f}",
                value=numbers.value(row["lifetime_value"], "money"),
            )
        )  # fmt: skip
        facts = ask(view.warehouse, questions.facts, customer)
        if facts.is_empty():
            st.caption(text("lifecycle.no_facts"))
            return
        by_model = facts["effect"].null_count() < facts.height
        if not by_model:
            facts = facts.filter(pl.col("feature") != _SEASON).with_columns(rank=pl.int_range(1, pl.len() + 1))
        features = facts["feature"].to_list()
        worded = facts.with_columns(
            pl.Series("fact", [text(f"churn_fact.{one}") for one in features], pl.String),
            *(
                pl.Series(name, [_fact(view, *one) for one in zip(features, facts[name], strict=True)], pl.String)
                for name in ("value", "usual_value")
            ),
        )
        columns = [one for one in columns_of(view, "lifecycle_column", _FACTS) if by_model or one.name != "effect"]
        title = text("lifecycle.facts")
        show_table(
            view, "facts", title, worded.select([one.name for one in columns]), columns,
            note=text("lifecycle.facts_by_model" if by_model else "lifecycle.facts_by_rival"),
            about=provenance(view, title, is_filtered=False),
        )  # fmt: skip


def _fact(view: View, feature: str, value: float | None) -> str | None:
    """A fact in its unit."""
    if value is None:
        return None
    # Tiny changes are rounded first, so that none of them is written as minus nought.
    rounded = round(value, 3) + 0.0
    if feature in _SHARES:
        return view.numbers.value(rounded, "percent")
    if feature == _MONEY:
        return view.numbers.value(rounded, "money")
    return view.numbers.value(rounded, "number", 0 if rounded.is_integer() else 2 if feature == _RATIO else 1)
