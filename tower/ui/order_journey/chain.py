"""Who waited for whom: from the customer back to the supplier, with the days that each step brought in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from tower.ui.order_journey.words import day, hop_name, item_of, linked
from tower.ui.view import View

KINDS = ("late", "planned_late", "short_notice", "unexplained")
# The step that tells when the order was there says nothing of its own here.
_SUPPLY = ("inbound", "kit", "start", "production", "inspection", "dispatch", "transfer", "stock", "ship", "transport")


def explained(hops: pl.DataFrame) -> list[tuple[Mapping[str, Any], str, float]]:
    """Each cause of lateness as (step, kind, days), the most days first; the days add up to those of the line."""
    found = [
        (row, kind, float(row[f"{kind}_days"]))
        for row in hops.iter_rows(named=True)
        for kind in KINDS
        if row[f"{kind}_days"] > 0
    ]
    return sorted(found, key=lambda one: (-one[2], one[0]["sequence"], one[1]))


def sentence(view: View, row: Mapping[str, Any], kind: str, count: float) -> str:
    """One cause in words."""
    text = view.text
    key = f"journey_late.{row['hop']}" if kind == "late" else f"journey_late.{kind}"
    if kind == "planned_late" and row["hop"] == "inbound":
        key = "journey_late.ordered_late"
    return text(
        key, days=view.numbers.integer(count), part=item_of(view, row), who=row["party_name"] or "–",
        document=linked(view, row["document_type"], row["document_id"]) or "–",
        planned=day(view, row["planned_date"]), actual=day(view, row["actual_date"]),
        needed=day(view, row["needed_date"]), step=hop_name(view, row["hop"], row["level"]),
    )  # fmt: skip


def show_chain(view: View, row: Mapping[str, Any], hops: pl.DataFrame) -> None:
    """For a line that has come: the causes with their days, then the chain back to the supplier."""
    text, numbers = view.text, view.numbers
    chain = hops.filter(pl.col("hop").is_in(_SUPPLY) & pl.col("actual_date").is_not_null()).reverse()
    if chain.is_empty():
        return
    with st.container(border=True, key="journey_chain"):
        late = float(row["days_late"] or 0)
        st.markdown(f"**{text('order_journey.chain')}**")
        causes = explained(hops) if late else []
        if causes:
            st.markdown("\n".join(
                f"- **{text('order_journey.days', days=numbers.integer(count))}** — {sentence(view, one, kind, count)}"
                for one, kind, count in causes
            ))  # fmt: skip
            unknown = sum(count for _, kind, count in causes if kind == "unexplained")
            st.caption(
                text("order_journey.sum", parts=" + ".join(numbers.integer(count) for _, _, count in causes),
                     days=numbers.integer(late), unknown=numbers.integer(unknown))
            )  # fmt: skip
        st.markdown("\n".join(f"{at + 1}. {_waited(view, one)}" for at, one in enumerate(chain.iter_rows(named=True))))
        st.caption(text("order_journey.chain_note"))


def _waited(view: View, row: Mapping[str, Any]) -> str:
    """One step of the chain: what was waited for, who had to act, when it was needed and when it was done."""
    text = view.text
    about = [one for one in (linked(view, row["document_type"], row["document_id"]),
                             item_of(view, row) if row["item_id"] and row["hop"] in ("inbound", "kit", "stock") else "",
                             row["party_name"] or "") if one]  # fmt: skip
    said = text(f"journey_waited.{row['hop']}", what=" · ".join(about), day=day(view, row["actual_date"]))
    if row["level"]:
        said = text("order_journey.of_part", step=said, level=row["level"])
    if row["needed_date"] and row["actual_date"] > row["needed_date"]:
        over = (row["actual_date"] - row["needed_date"]).days
        said += f" :red[{text('order_journey.after_need', days=view.numbers.integer(over), needed=day(view, row['needed_date']))}]"  # noqa: E501
    elif row["needed_date"]:
        said += f" :gray[{text('order_journey.before_need', needed=day(view, row['needed_date']))}]"
    return said
