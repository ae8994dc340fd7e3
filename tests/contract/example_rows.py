"""The example company's files read as plain text: the independent path, on which no query of the product lies.

Rows that are planted to break the contract are left out; `example_rejects.csv` names them. Quantities come out in the item's base
unit and money in company currency, converted here by hand: a price of a box divided by its pieces, a document's amount times the
latest rate on or before the document's day.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "seeds" / "example"
PLANTED = Path(__file__).with_name("example_rejects.csv")
AS_OF = date(2026, 6, 30)
COMPANY_CURRENCY = "CNY"
DIALECTS = {"suppliers": (";", "gb18030"), "deliveries": (",", "utf-8-sig")}

Row = dict[str, str]


@cache
def planted() -> tuple[Row, ...]:
    with PLANTED.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def rows(table: str) -> tuple[Row, ...]:
    """The rows of a table that keep the contract, in the order of the file."""
    delimiter, encoding = DIALECTS.get(table, (",", "utf-8"))
    refused = {int(row["row_number"]) for row in planted() if row["table_name"] == table}
    with (FOLDER / f"{table}.csv").open(encoding=encoding, newline="") as file:
        read = list(csv.DictReader(file, delimiter=delimiter))
    return tuple(row for number, row in enumerate(read, start=1) if number not in refused)


@cache
def by_key(table: str, key: str) -> dict[str, Row]:
    return {row[key]: row for row in rows(table)}


def number(text: str) -> Decimal:
    """A written number; an empty cell is nought (ask `row[...]` first where empty means unknown)."""
    return Decimal(text.replace(",", "")) if text else Decimal(0)


def day(text: str) -> date | None:
    return date.fromisoformat(text[:10].replace("/", "-")) if text else None


def known_day(text: str) -> date:
    """A day that must be written."""
    return date.fromisoformat(text[:10].replace("/", "-"))


@cache
def rate(currency: str, on: date) -> Decimal:
    """Company currency for one unit of `currency`: the latest rate on or before the day."""
    if currency in ("", COMPANY_CURRENCY):
        return Decimal(1)
    dated = [
        (row["rate_date"], row["rate_to_company"]) for row in rows("currency_rates") if row["currency_code"] == currency
    ]
    return Decimal(max(entry for entry in dated if entry[0] <= on.isoformat())[1])


@cache
def factor(item: str, unit: str) -> Decimal:
    """Base units in one `unit` of the item: the item's own conversion before the general one."""
    if unit in ("", by_key("items", "item_id")[item]["base_uom"]):
        return Decimal(1)
    factors = {row["item_id"]: row["factor"] for row in rows("uom_conversions") if row["uom"] == unit}
    return Decimal(factors.get(item) or factors["*"])


def in_base_unit(row: Row, column: str) -> Decimal:
    return number(row[column]) * factor(row["item_id"], row["uom"])


@cache
def standard_cost(item: str, on: date) -> Decimal:
    """The standard cost valid on a day; the master's where the item has no dated cost."""
    dated = [
        (row["valid_from_date"], row["standard_cost"])
        for row in rows("item_costs")
        if row["item_id"] == item and row["valid_from_date"] <= on.isoformat()
    ]
    return Decimal(max(dated)[1]) if dated else number(by_key("items", "item_id")[item]["standard_cost"])


def plain(value: str) -> str:
    """A refused value as a person wrote it: a number that was read before it was refused comes back as a decimal."""
    return value.removesuffix(".000000")
