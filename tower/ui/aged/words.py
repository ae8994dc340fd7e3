"""What the clocks and the provision of a position say, as sentences with their arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tower.ui.view import View


def finding_sentence(view: View, row: Mapping[str, Any]) -> str:
    """What the clocks contradict each other in, with their figures."""
    numbers = view.numbers
    return view.text(
        f"clock_finding_means.{row['clock_finding']}",
        movement=numbers.integer(row["days_since_movement"]),
        issue=_days_or_never(view, row["days_since_issue"]),
        age=numbers.integer(round(row["value_age_days"] or 0)),
        cover=row["cover"],
        aged=numbers.value(row["aged_value"], "money"),
        expiring=f"{numbers.exact(round(row['expiring_quantity'], 2), 'quantity')} {row['base_uom'] or ''}".strip(),
        expiring_value=numbers.value(row["expiring_quantity"] * (row["unit_cost"] or 0.0), "money"),
        expiry=numbers.day(row["first_expiry_date"]),
    )


def rate_sentence(view: View, row: Mapping[str, Any], layers: pl.DataFrame, rates: pl.DataFrame) -> str:
    """The provision by rates: each age's value times its rate."""
    text, numbers = view.text, view.numbers
    if row["rate_provision_value"] is None:
        return text("aged_stock.rate_unknown")
    own = rates.filter(pl.col("item_type") == row["item_type"])
    used = (own if own.height else rates.filter(pl.col("item_type") == "*")).sort("from_days")
    firsts, shares = used["from_days"].to_list(), used["rate"].to_list()
    parts = []
    for position, (first, share) in enumerate(zip(firsts, shares, strict=True)):
        after = firsts[position + 1] if position + 1 < len(firsts) else None
        inside = layers.filter((pl.col("age_days") >= first) & (pl.col("value") > 0))
        if after is not None:
            inside = inside.filter(pl.col("age_days") < after)
        value = float(inside["value"].sum())
        if share > 0 and value > 0:
            parts.append(
                text(
                    "aged_stock.rate_part", value=numbers.exact(value, "money"),
                    rate=numbers.value(share, "percent", 0), days=numbers.integer(first),
                )
            )  # fmt: skip
    if not parts:
        return text("aged_stock.rate_none")
    return text(
        "aged_stock.rate_sum", parts=" + ".join(parts), total=numbers.exact(row["rate_provision_value"], "money")
    )


def provision_sentences(view: View, row: Mapping[str, Any]) -> list[str]:
    """The provision by net realisable value: what the plan uses, the rest, and what is not known."""
    text, numbers = view.text, view.numbers
    unit = row["unit_cost"]
    if unit is None:
        return [text("aged_stock.cost_unknown")]

    def quantity(value: float) -> str:
        return f"{numbers.exact(round(value, 2), 'quantity')} {row['base_uom'] or ''}".strip()

    def money(value: float) -> str:
        return numbers.exact(value, "money")

    sentences = []
    if row["needed_quantity"] > 0:
        rate = row["recoverable_rate"]
        key = "unknown" if rate is None else "whole" if rate >= 1.0 else "part"
        sentences.append(
            text(
                f"aged_stock.used_{key}", quantity=quantity(row["needed_quantity"]), unit=money(unit),
                rate=numbers.value(rate, "percent", 1), cost=money(row["standard_cost"] or 0.0),
                loss=money(row["used_unit_loss"] or 0.0), total=money(row["used_provision_value"]),
                known=numbers.value(row["known_rate"], "percent", 0),
            )
        )  # fmt: skip
    if row["free_quantity"] > 0:
        if row["own_value"] is None:
            last = (
                text("aged_stock.last_sold", day=numbers.day(row["last_sold_date"]))
                if row["last_sold_date"]
                else text("aged_stock.never_sold")
            )
            sentences.append(
                text("aged_stock.free_unknown", quantity=quantity(row["free_quantity"]), unit=money(unit), last=last)
            )
        else:
            key = "loss" if (row["free_unit_loss"] or 0.0) > 0 else "whole"
            sentences.append(
                text(
                    f"aged_stock.free_{key}", quantity=quantity(row["free_quantity"]), unit=money(unit),
                    price=money(row["selling_price"]), net=money(row["own_value"]),
                    sold=quantity(row["price_quantity"]), first=numbers.day(row["price_from_date"]),
                    last=numbers.day(row["price_to_date"]), loss=money(row["free_unit_loss"] or 0.0),
                    total=money(row["free_provision_value"]),
                )
            )  # fmt: skip
    sentences.append(
        text(
            "aged_stock.value_sum", total=money(row["value_provision_value"]),
            unknown=money(row["undetermined_value"]),
        )
    )  # fmt: skip
    return sentences


def _days_or_never(view: View, days: int | None) -> str:
    if days is None:
        return view.text("aged_stock.never_issued")
    return view.text("aged_stock.days_ago", days=view.numbers.integer(days))
