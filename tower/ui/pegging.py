"""The pegging of one document as a tree, opened level by level: up to the customers, down to stock and suppliers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from tower.queries import pegging
from tower.ui import url
from tower.ui.cached import ask
from tower.ui.view import View

# So many documents of a level are listed, so deep a branch is opened; what is not shown is counted.
WIDTH = 8
DEPTH = 12
# Branches that are open are kept in the URL; a link longer than that does not travel well.
MOST_OPEN = 40


@dataclass(frozen=True, slots=True)
class Document:
    """An order, a demand or a stock, with the item and place of its links."""

    document_type: str
    document_id: str | None
    item_id: str
    location_id: str


def show_tree(view: View, root: Document, name: str, sides: tuple[str, ...] = pegging.SIDES) -> None:
    """The directions side by side; each document opens the next level."""
    text = view.text
    st.markdown(f"**{text('pegging.title', document=name)}** :gray[:small[{text('pegging.note')}]]")
    with st.container(key="pegging"):
        # Rows of a tree stand closer than paragraphs do, and begin at the left.
        st.html(
            "<style>.st-key-pegging button{text-align:left;justify-content:flex-start;min-height:1.7rem;padding:0}"
            ".st-key-pegging button p{font-size:.9rem}"
            # A long row breaks within its text, not between its indent and its text.
            ".st-key-pegging [class*='st-key-link_']{flex-wrap:nowrap}"
            ".st-key-pegging [class*='st-key-link_']>*{min-width:0;flex-shrink:1}"
            ".st-key-pegging [class*='st-key-link_']>:first-child:not(:last-child){flex-shrink:0}</style>"
        )
        for column, side in zip(st.columns(len(sides), gap="large"), sides, strict=True):
            with column, st.container(gap=None, border=True, height="stretch"):
                st.markdown(f"**{text(f'pegging.{side}')}**")
                _show_level(view, side, root, side[0], 0)


def _show_level(view: View, side: str, above: Document, path: str, depth: int) -> None:
    """One level below a document; `path` says where in the tree it stands: the side and a position for each level."""
    asked = (side, above.document_type, above.document_id, above.item_id, above.location_id, WIDTH)
    rows, count = ask(view.warehouse, pegging.links, *asked)
    if depth == 0 and not count:
        st.caption(view.text(f"pegging.{side}_nothing"))
    opened = url.values("open")
    for position, row in enumerate(rows.iter_rows(named=True)):
        own = f"{path}.{position}"
        below = Document(row["document_type"], row["document_id"], row["item_id"], row["location_id"])
        is_open = own in opened
        can_open = row["goes_on"] and depth < DEPTH - 1
        _show_row(view, row, own, depth, can_open=can_open, is_open=is_open)
        if can_open and is_open:
            _show_level(view, side, below, own, depth + 1)
    if count > rows.height:
        with st.container(horizontal=True, gap="xsmall"):
            _indent(depth)
            st.caption(view.text("pegging.more", count=view.numbers.integer(count - rows.height)), width="content")


def _show_row(view: View, row: Mapping[str, Any], path: str, depth: int, *, can_open: bool, is_open: bool) -> None:
    label = _label(view, row)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=f"link_{path.replace('.', '_')}"):
        _indent(depth)
        if can_open:
            st.button(
                label, key=f"toggle_{path}", type="tertiary", on_click=_toggle, args=(path,), wrap=True,
                icon=":material/expand_more:" if is_open else ":material/chevron_right:",
            )  # fmt: skip
        else:
            st.markdown(f":small[:material/{_ICONS.get(row['document_type'], 'remove')}: {label}]")


_ICONS = {
    "sales_order_line": "person", "forecast": "timeline", "stock": "inventory_2", "expiry": "event_busy",
    "purchase_order_line": "local_shipping",
}  # fmt: skip


def _indent(depth: int) -> None:
    if depth:
        st.space(depth * 20)


def _label(view: View, row: Mapping[str, Any]) -> str:
    """A document in one line: what, whose, how much, when, how late, for whom and what money."""
    text, numbers = view.text, view.numbers
    number = "" if row["document_type"] == "stock" else row["document_id"] or ""
    parts = [
        f"**{text.term('document', row['document_type'])} {number}".strip() + "**",
        f"{row['item_id']} @ {row['location_id']}",
    ]
    amount = f"{numbers.exact(round(row['quantity'], 3), 'quantity')} {row['uom'] or ''}".strip()
    if row["link_item_id"] != row["item_id"]:
        amount = f"{amount} {row['link_item_id']}"
    parts.append(amount)
    if row["document_type"] != "stock":
        parts.append(numbers.day(row["document_date"]))
    parts += [row[name] for name in ("customer_name", "supplier_name") if row[name]]
    if row["value"]:
        parts.append(numbers.value(row["value"], "money"))
    if row["late_days"]:
        parts.append(f":red[{text('pegging.late', days=row['late_days'])}]")
    if row["possible_date"] and row["possible_date"] > row["document_date"]:
        parts.append(f":red[{text('pegging.possible', day=numbers.day(row['possible_date']))}]")
    return " · ".join(parts)


def _toggle(path: str) -> None:
    """Open a branch, or close it with all below it."""
    opened = url.values("open")
    kept = [one for one in opened if one != path and not one.startswith(f"{path}.")]
    if path not in opened:
        kept = [*kept, path][-MOST_OPEN:]
    url.write("open", url.SEPARATOR.join(kept))
