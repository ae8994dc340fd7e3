"""Steps, documents and variants of journeys in the reader's words, with the pages that tell more of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from tower.exports import ColumnKind
from tower.ui.links import address
from tower.ui.view import View

LINES: dict[str, ColumnKind] = {
    "sales_order_line_id": "text", "customer_name": "text", "item": "text", "net_value": "money",
    "ordered_date": "day", "due_date": "day", "done_date": "day", "days_late": "integer", "held_days": "integer",
    "cause": "text", "way_name": "text", "variant_name": "text", "ordered_quantity": "quantity", "base_uom": "text",
    "order_to_delivery_days": "integer", "order_to_cash_days": "integer",
}  # fmt: skip


# Which documents have a page that tells more of them, and how its address names them.
_PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "production_order": ("progress", {"order": "{}"}),
    "purchase_order_line": ("inbound_outbound", {"document": "purchase_order_line~{}"}),
    "transfer_order": ("inbound_outbound", {"document": "transfer_order~{}"}),
    "service_case": ("after_sales", {"case": "{}"}),
    "opportunity": ("pipeline", {"opportunity": "{}"}),
    "delivery": ("lot_trace", {"start": "delivery:{}", "find": "{}"}),
}


def hop_name(view: View, hop: str, level: int = 0) -> str:
    """The step; of a part of the goods, and a part of a part, with how deep it stands."""
    name = view.text(f"journey_hop.{hop}")
    return name if level == 0 else view.text("order_journey.of_part", step=name, level=level)


def day(view: View, found: date | None) -> str:
    """A day, or a dash."""
    return view.numbers.day(found) if found else "–"


def days(view: View, count: float | None) -> str:
    """A number of days with its unit."""
    return "–" if count is None else view.text("order_journey.days", days=view.numbers.integer(round(count, 1)))


def item_of(view: View, row: Mapping[str, Any], prefix: str = "") -> str:
    """Goods by code and name."""
    item = row[f"{prefix}item_id"]
    name = view.text.pick(row.get(f"{prefix}item_name"), row.get(f"{prefix}item_name_zh"))
    return " ".join(dict.fromkeys(one for one in (item, name) if one))


def variant_name(view: View, variant: str) -> str:
    """A variant in words: where the goods came from, then what happened."""
    route, *events = variant.split("+")
    parts = [view.text(f"journey_route.{route}"), *(view.text(f"journey_event.{one}") for one in events)]
    return " · ".join(parts)


def cause_name(view: View, row: Mapping[str, Any]) -> str | None:
    """What made a line late, in a few words."""
    if not row["cause_hop"] or not row["days_late"]:
        return None
    text = view.text
    kind = text(f"journey_cause.{row['cause_kind']}")
    about = [one for one in (row["cause_item_id"], row["cause_document_id"]) if one]
    return " · ".join([text("order_journey.cause", step=hop_name(view, row["cause_hop"]), kind=kind), *about])


def worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Lines with `item`, `cause`, `variant_name`, and `way_name` where they were found by a document."""
    rows = list(frame.iter_rows(named=True))
    found = frame.with_columns(
        pl.Series("item", [item_of(view, row) for row in rows], pl.String),
        pl.Series("cause", [cause_name(view, row) for row in rows], pl.String),
        pl.Series("variant_name", [variant_name(view, row["variant"]) for row in rows], pl.String),
    )
    if "way" in frame.columns:
        ways = [view.text(f"journey_way.{row['way']}") for row in rows]
        return found.with_columns(pl.Series("way_name", ways, pl.String))
    return found.with_columns(way_name=pl.lit(None, pl.String), held_days=pl.lit(None, pl.Float64))


def document_name(view: View, kind: str | None) -> str:
    """A kind of document; kinds that other pages know too keep their name."""
    text = view.text
    key = f"journey_document.{kind}"
    return text(key) if text.has(key) else text.term("document", kind or "")


def way_to(view: View, kind: str | None, number: str | None) -> str | None:
    """The address of the page that tells more of a document; None where there is none for the reader."""
    screen, parameters = _PAGES.get(kind or "", ("", {}))
    if not screen or not number:
        return None
    return address(view, screen, **{name: named.format(number) for name, named in parameters.items()})


def linked(view: View, kind: str | None, number: str | None) -> str:
    """A document with its kind, as a link where a page tells more of it."""
    if not number:
        return ""
    way = way_to(view, kind, number)
    said = f"{document_name(view, kind)} {number}"
    return f"[{said}]({way})" if way else said
