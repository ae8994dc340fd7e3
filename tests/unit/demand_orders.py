"""Order lines for tests of demand preparation, a few words each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from forecasting.demand.rows import DemandRows

BASE = {"item_id": "A", "location_id": "D1", "channel": "shop", "customer_id": None, "cancelled_quantity": 0.0,
        "cancelled_date": None, "net_value": 0.0, "is_internal": False, "is_project": False}  # fmt: skip


def line(asked: str, quantity: float, **other: Any) -> dict[str, Any]:
    """One order line; ordered on the day it is asked for, unless `ordered` says otherwise."""
    asked_on = date.fromisoformat(asked)
    ordered = date.fromisoformat(other.pop("ordered", asked))
    return BASE | {"requested_date": asked_on, "ordered_date": ordered, "quantity": quantity} | other


def rows_of(lines: list[dict[str, Any]], **frames: pl.DataFrame) -> DemandRows:
    return DemandRows.of(order_lines=pl.DataFrame(lines, infer_schema_length=None), **frames)


def shop_with_stock_outs(response: float, seed: int = 3, items: int = 40, days: int = 700) -> tuple[DemandRows, float]:
    """Items that sell about two a day and are out of stock for three weeks now and then; what was not ordered.

    While the shelf is empty only `response` of the orders is placed.
    """
    chance = np.random.default_rng(seed)
    begin = date(2024, 1, 1)
    wanted = chance.poisson(2.0, (items, days))
    empty = np.zeros((items, days), dtype=bool)
    for item in range(items):
        for start in chance.integers(60, days - 60, 4):
            empty[item, start : start + 21] = True
    ordered = np.where(empty, chance.binomial(wanted, response), wanted)
    item, day = np.nonzero(ordered)
    asked = [begin + timedelta(days=int(number)) for number in day]
    names = [f"I{number:02}" for number in range(items)]
    lines = pl.DataFrame(
        {"item_id": [names[number] for number in item], "location_id": "D1", "channel": "shop",
         "requested_date": asked, "ordered_date": asked, "quantity": ordered[item, day].astype(float)}
    )  # fmt: skip
    out_item, out_day = np.nonzero(empty)
    from_date = [begin + timedelta(days=int(number)) for number in out_day]
    stock_outs = pl.DataFrame(
        {"item_id": [names[number] for number in out_item], "location_id": "D1", "from_date": from_date,
         "to_date": [day + timedelta(days=1) for day in from_date]}
    )  # fmt: skip
    nodes = pl.DataFrame({"item_id": names, "location_id": "D1", "stocked_from": begin})
    lost = float(wanted.sum() - ordered.sum())
    return DemandRows.of(order_lines=lines, stock_outs=stock_outs, stocked_nodes=nodes), lost
