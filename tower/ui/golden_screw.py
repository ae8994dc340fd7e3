"""The few parts that free the most orders or money, and the best set of orders to release from today's stock."""

from __future__ import annotations

import polars as pl
import streamlit as st

from tower.exports import ColumnKind
from tower.queries import golden_screw
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.choice import show_choice
from tower.ui.kit_words import columns_of, worded
from tower.ui.view import View

_SETS: dict[str, ColumnKind] = {
    "set_size": "integer", "set_parts": "text", "freed_orders": "integer", "freed_value": "money", "proof": "text",
}  # fmt: skip
_PARTS: dict[str, ColumnKind] = {
    "item_id": "text", "part": "text", "expedite_quantity": "quantity", "base_uom": "text", "receipt_date": "day",
    "brought_by": "text", "blocked_orders": "integer", "only_orders": "integer", "elsewhere_quantity": "quantity",
    "location_id": "text",
}  # fmt: skip
_FREED: dict[str, ColumnKind] = {
    "order_id": "text", "made": "text", "customer_name": "text", "served_value": "money", "start_date": "day",
    "clear_date": "day", "quantity": "quantity", "set_parts": "text", "location_id": "text",
}  # fmt: skip
_RELEASE: dict[str, ColumnKind] = {
    "proposal": "text", "order_id": "text", "made": "text", "customer_name": "text", "served_value": "money",
    "start_date": "day", "quantity": "quantity", "base_uom": "text", "location_id": "text",
}  # fmt: skip


def show_golden_screw(view: View) -> None:
    """Choose orders or money, then the size of the set: its parts, what brings them, and what they free."""
    text, numbers = view.text, view.numbers
    objective = _choose_objective(view)
    frame = ask(view.warehouse, golden_screw.sets, objective)
    if frame.is_empty():
        states.empty(text, text("clear_to_build.screw_none"))
        return
    ids = [str(size) for size in frame["set_size"].to_list()]
    shown = _parts_named(view, frame).with_columns(
        pl.Series("proof", [proof(view, *row) for row in frame.select("method", "gap").rows()], pl.String)
    )
    show_choice(
        view, "screw_sets", text("clear_to_build.sets"), shown, columns_of(view, "kit_column", _SETS),
        parameter="parts", ids=ids, note=text("clear_to_build.sets_note"), widths={"set_parts": 420, "proof": 320},
    )  # fmt: skip
    size = url.segments(text("clear_to_build.set_size"), "parts", ids, str, default=ids[-1])
    row = frame.row(ids.index(size), named=True)
    st.markdown(
        text(
            "clear_to_build.frees", parts=row["parts"], orders=numbers.integer(row["freed_orders"]),
            value=numbers.value(row["freed_value"], "money"), proof=proof(view, row["method"], row["gap"]),
        )
    )  # fmt: skip
    about = [(text("clear_to_build.set_size"), size), (text("clear_to_build.objective"), _objective(view, objective))]
    parts = worded(view, ask(view.warehouse, golden_screw.set_parts, objective, int(size)))
    show_choice(
        view, "screw_parts", text("clear_to_build.expedite"), parts, columns_of(view, "kit_column", _PARTS),
        note=text("clear_to_build.expedite_note"), linked=("item_id", "location_id"), about=about,
        widths={"part": 210, "brought_by": 330},
    )  # fmt: skip
    freed = _parts_named(view, worded(view, ask(view.warehouse, golden_screw.freed_orders, objective, int(size))))
    show_choice(
        view, "screw_orders", text("clear_to_build.freed"), freed, columns_of(view, "kit_column", _FREED),
        note=text("clear_to_build.freed_note"), about=about, widths={"made": 200, "set_parts": 280},
    )  # fmt: skip


def show_release(view: View) -> None:
    """The orders to release from today's stock together, beside what the rank rule would release."""
    text, numbers = view.text, view.numbers
    objective = _choose_objective(view)
    frame = ask(view.warehouse, golden_screw.release, objective)
    if frame.is_empty():
        states.empty(text, text("clear_to_build.release_none"))
        return
    best, ranked = frame.filter(pl.col("is_chosen") == 1), frame.filter(pl.col("is_by_rank") == 1)
    money, ranked_money = float(best["served_value"].sum()), float(ranked["served_value"].sum())
    with st.grid(4, min_column_width=180, gap="small"):
        for name, value in (
            ("best_orders", numbers.integer(best.height)),
            ("rank_orders", numbers.integer(ranked.height)),
            ("best_money", numbers.value(money, "money")),
            ("rank_money", numbers.value(ranked_money, "money")),
        ):
            st.metric(
                text(f"clear_to_build.{name}"), value, border=True, height="stretch",
                help=text(f"clear_to_build.{name}_help"),
            )  # fmt: skip
    method, gap = frame.select("method", "gap").row(0)
    if objective == "orders":
        amount = numbers.integer(best.height - ranked.height)
    else:
        amount = numbers.value(money - ranked_money, "money")
    st.markdown(
        text(f"clear_to_build.release_{objective}", more=amount, proof=proof(view, method, gap, "proven_release"))
    )
    words = {
        (1, 0): text("clear_to_build.proposal_release"),
        (0, 1): text("clear_to_build.proposal_hold"),
        (1, 1): text("clear_to_build.proposal_both"),
    }
    proposals = [words[pair] for pair in frame.select("is_chosen", "is_by_rank").rows()]
    shown = worded(view, frame).with_columns(pl.Series("proposal", proposals, pl.String))
    show_choice(
        view, "release", text("clear_to_build.release"), shown, columns_of(view, "kit_column", _RELEASE),
        note=text("clear_to_build.release_note"), widths={"made": 220, "proposal": 210},
        about=[(text("clear_to_build.objective"), _objective(view, objective))],
    )  # fmt: skip


def proof(view: View, method: str, gap: float | None, proven: str = "proven") -> str:
    """How sure it is that nothing is better, in words; `proven` names the sentence for what is exact."""
    if method == "exact":
        return view.text(f"clear_to_build.{proven}")
    at_most = (gap or 0.0) / (1.0 - (gap or 0.0)) if (gap or 0.0) < 1.0 else None
    if at_most is None:
        return view.text("clear_to_build.unproven")
    return view.text("clear_to_build.at_most", more=view.numbers.value(at_most, "percent", 0))


def _choose_objective(view: View) -> str:
    return url.segments(
        view.text("clear_to_build.objective"), "objective", golden_screw.OBJECTIVES,
        lambda one: _objective(view, one), default="orders",
    )  # fmt: skip


def _objective(view: View, objective: str) -> str:
    return view.text(f"clear_to_build.objective_{objective}")


def _parts_named(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """The names of parts in one column, in the reader's language."""
    both = frame.select("part_names", "part_names_zh").rows()
    names = [view.text.pick(english, chinese) for english, chinese in both]
    return frame.with_columns(pl.Series("set_parts", names, pl.String))
