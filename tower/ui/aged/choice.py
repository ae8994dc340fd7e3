"""What the page of aged stock is asked for: places, families, types, brackets and rates, all in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import polars as pl
import streamlit as st

from tower.queries import aged_stock
from tower.queries.aged_stock import Where
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.filters import filter_options, filter_popover, picked_of
from tower.ui.view import View

PARAMETERS = (
    "section", "type", "clock", "brackets", "bounds", "rates", "by", "list", "position", "layers", "month", "after",
)  # fmt: skip
STANDARD, OWN = "standard", "own"
_MOST_BRACKETS = 10


@dataclass(frozen=True, slots=True)
class Brackets:
    """The brackets that the page counts by: first days from the second on, and what each is called."""

    name: str
    bounds: tuple[int, ...]
    labels: tuple[str, ...]


def choose_where(view: View) -> Where:
    """Plants, product families and item types that the page is about; none chosen means all."""
    text = view.text
    options = filter_options(text, view.warehouse)
    types = {one: text.term("item_type", one) for one in ask(view.warehouse, aged_stock.item_types)}
    known = {"plant": options["plant"], "family": options["family"], "type": types}
    picked = picked_of(known)
    count = sum(bool(one) for one in picked.values())
    labels = {"plant": text("filter.plant"), "family": text("filter.family"), "type": text("aged_stock.item_type")}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choose_stock"):
        filter_popover(text, known, labels.__getitem__, count)
        with st.popover(text("aged_stock.rules"), icon=":material/menu_book:"):
            _show_rules(view)
        listed = [text.listed(known[name][one] for one in ids) for name, ids in picked.items() if ids]
        if listed:
            st.caption(" · ".join(listed), width="content")
    return picked["plant"], picked["family"], picked["type"]


def show_nothing(view: View, where: Where) -> bool:
    """Say why there is nothing to show; False where there is something."""
    if not ask(view.warehouse, aged_stock.positions, where).is_empty():
        return False
    missing = ask(view.warehouse, aged_stock.missing)
    if missing:
        states.not_connected(view.text, missing)
    else:
        states.empty(view.text, view.text("aged_stock.none"))
    return True


def choose_section(view: View, sections: list[str]) -> str:
    """The section to show, kept in the URL."""
    return url.segments(
        view.text("aged_stock.section"), "section", sections, lambda one: view.text(f"aged_stock.section_{one}"),
        default=sections[0], label_visibility="collapsed",
    )  # fmt: skip


def choose_brackets(view: View) -> Brackets:
    """A set of the reference data, or bounds of the reader's own; what cannot be used is said and left out."""
    text = view.text
    known = ask(view.warehouse, aged_stock.brackets)
    names = [*dict.fromkeys(known["bracket_set"]), OWN]
    name = url.segments(
        text("aged_stock.brackets"), "brackets", names, lambda one: text.term("bracket_set", one), default=STANDARD
    )
    if name == OWN:
        written = _write_in(view, "bounds", text("aged_stock.bounds"), text("aged_stock.bounds_help"))
        bounds = parsed_bounds(written)
        if bounds is not None:
            return Brackets(OWN, bounds, tuple(_ranges(view, bounds)))
        if written:
            st.warning(text("aged_stock.bounds_wrong"), icon=":material/warning:")
        name = STANDARD
    rows = known.filter(pl.col("bracket_set") == name)
    labels = [text.pick(*row) for row in rows.select("label", "label_zh").rows()]
    return Brackets(name, tuple(rows["from_days"].to_list()[1:]), tuple(labels))


def choose_rates(view: View, brackets: Brackets) -> tuple[float, ...] | None:
    """The rates of the reader's own, one for each bracket; None where none are written or they cannot be used."""
    text = view.text
    help_text = text("aged_stock.rates_help", count=len(brackets.labels))
    written = _write_in(view, "rates", text("aged_stock.rates"), help_text)
    if not written:
        return None
    rates = parsed_rates(written, len(brackets.labels))
    if rates is None:
        st.warning(text("aged_stock.rates_wrong", count=len(brackets.labels)), icon=":material/warning:")
    return rates


def parsed_bounds(written: str) -> tuple[int, ...] | None:
    """Last days of brackets as they are written ("90, 180, 365"): the first days of the brackets after them.

    None where they do not rise, or are no whole numbers of days.
    """
    parts = [part.strip() for part in written.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    if not parts or len(parts) >= _MOST_BRACKETS or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    days = [int(part) for part in parts]
    if days[-1] > 36_500 or any(later <= earlier for earlier, later in pairwise(days)):
        return None
    return tuple(day + 1 for day in days)


def parsed_rates(written: str, count: int) -> tuple[float, ...] | None:
    """Percent as they are written ("0, 0, 10, 25.5, 100"): shares from 0 to 1; None unless there is one a bracket."""
    parts = [part.strip(" %") for part in written.replace("，", ",").replace("、", ",").split(",")]
    try:
        rates = tuple(float(part) / 100.0 for part in parts)
    except ValueError:
        return None
    return rates if len(rates) == count and all(0.0 <= rate <= 1.0 for rate in rates) else None


def _write_in(view: View, parameter: str, label: str, help_text: str) -> str:
    """A text that people write, kept in the URL."""
    field = f"write_{parameter}"
    st.session_state[field] = url.value(parameter)
    st.text_input(
        label, key=field, help=help_text, width=260,
        on_change=lambda: url.write(parameter, str(st.session_state[field]).strip()),
    )  # fmt: skip
    return url.value(parameter).strip()


def _ranges(view: View, bounds: tuple[int, ...]) -> list[str]:
    firsts = (0, *bounds)
    ranges = [
        view.text("aged_stock.range", first=first, last=after - 1) for first, after in zip(firsts, bounds, strict=False)
    ]
    return [*ranges, view.text("aged_stock.over", days=bounds[-1] - 1)]


def _show_rules(view: View) -> None:
    """Every limit by its exact rule, as the reference data states it."""
    text, numbers = view.text, view.numbers
    for row in ask(view.warehouse, aged_stock.rules).iter_rows(named=True):
        amount = (
            text("aged_stock.days", days=numbers.integer(row["value"]))
            if row["unit"] == "days"
            else numbers.value(row["value"], "percent", 0)
        )
        st.markdown(
            f"**{text.pick(row['label'], row['label_zh'])} · {amount}**  \n"
            f"{text.pick(row['description'], row['description_zh'])}"
        )
    st.caption(text("aged_stock.rules_note"))
