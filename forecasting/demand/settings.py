"""The policies of demand preparation. Each is a choice that a planner can state in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DemandBucket = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class DemandSettings:
    """How order lines become demand.

    `buckets`: sizes of the history; days only on request.
    `dated_by`: the day asked for, or the day of the order (what many planners' own forecasts count by).
    `returns`: "ignore" shows them beside demand (the plan must ship the whole quantity), "original_period" takes them
    from the period of the sale, "own_period" from the period in which they came back.
    `cancellations`: "keep_late" keeps what was cancelled after the day on which it was asked for (it was wanted, and
    came too late), "remove" takes every cancelled quantity out.
    `projects`: "keep" or "remove" orders that come of an opportunity (then the pipeline stands for them).
    `internal_customers`: own places that are booked as customers.
    `stock_out_response`: by channel, the share of usual demand that is still ordered while nothing is on the shelf;
    where it is not given it is measured.
    `masked_share`: a bucket with so large a share of days without stock is masked, where the channel then orders less.
    `new_days`: for so long a series is new.
    `lines_are_orders`: False where a line is already the sum of a period, so that it tells no order's size.
    """

    buckets: tuple[DemandBucket, ...] = ("week", "month")
    dated_by: Literal["requested", "ordered"] = "requested"
    returns: Literal["ignore", "original_period", "own_period"] = "ignore"
    cancellations: Literal["keep_late", "remove"] = "keep_late"
    projects: Literal["keep", "remove"] = "keep"
    internal_customers: tuple[str, ...] = ()
    stock_out_response: Mapping[str, float] | None = None
    masked_share: float = 0.2
    new_days: int = 182
    lines_are_orders: bool = True
