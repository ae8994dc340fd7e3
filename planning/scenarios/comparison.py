"""The base and any number of scenarios side by side: figures, months, and what changes in operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from planning.errors import PlanningError
from planning.scenarios.differences import (
    customer_differences,
    late_line_differences,
    order_differences,
    supplier_differences,
    work_centre_differences,
)
from planning.scenarios.measures import HORIZON_DAYS, MEASURES, by_month, measures
from planning.scenarios.outcome import Outcome

DIFFERENCES: Mapping[str, Callable[[Outcome, Outcome], pl.DataFrame]] = {
    "orders": order_differences,
    "late_lines": late_line_differences,
    "customers": customer_differences,
    "suppliers": supplier_differences,
    "work_centres": work_centre_differences,
}


def compared(base: Outcome, others: Sequence[Outcome], horizon_days: int = HORIZON_DAYS) -> pl.DataFrame:
    """One row a measure: `measure, unit, base`, and for each scenario its figure and `… Δ`, the difference to the base.

    Raises PlanningError where two of the plans have one name.
    """
    names = _names(base, others)
    held = measures(base, horizon_days)
    columns: dict[str, list[float | None]] = {names[0]: list(held.values())}
    for name, one in zip(names[1:], others, strict=True):
        found = measures(one, horizon_days)
        columns[name] = list(found.values())
        columns[f"{name} Δ"] = [
            None if after is None or before is None else after - before
            for before, after in zip(held.values(), found.values(), strict=True)
        ]
    return pl.DataFrame(
        {"measure": list(MEASURES), "unit": [unit for unit, _ in MEASURES.values()], **columns},
        schema={"measure": pl.String, "unit": pl.String, **dict.fromkeys(columns, pl.Float64)},
        strict=False,
    )


def months(base: Outcome, others: Sequence[Outcome], horizon_days: int = HORIZON_DAYS) -> pl.DataFrame:
    """Purchases and payments by month: `measure, month`, and a column for the base and each scenario."""
    names = _names(base, others)
    frames = [
        by_month(one, horizon_days).rename({"value": name}) for name, one in zip(names, (base, *others), strict=True)
    ]
    found = frames[0]
    for one in frames[1:]:
        found = found.join(one, on=["measure", "month"], how="full", coalesce=True)
    return found.sort("measure", "month").select("measure", "month", *(pl.col(name).fill_null(0.0) for name in names))


def differences(base: Outcome, others: Sequence[Outcome], what: str) -> pl.DataFrame:
    """One of DIFFERENCES for all scenarios, with the `scenario` in front."""
    if what not in DIFFERENCES:
        raise PlanningError(f"There is no list of differences {what!r}; there are {', '.join(DIFFERENCES)}.")
    compare = DIFFERENCES[what]
    names = _names(base, others)[1:]
    parts = [
        compare(base, one).select(pl.lit(name).alias("scenario"), pl.all())
        for name, one in zip(names, others, strict=True)
    ]
    if parts:
        return pl.concat(parts)
    return compare(base, base).select(pl.lit("").alias("scenario"), pl.all()).head(0)


def _names(base: Outcome, others: Sequence[Outcome]) -> list[str]:
    names = [base.name, *(one.name for one in others)]
    twice = sorted({name for name in names if names.count(name) > 1} | ({"measure", "unit", "month"} & set(names)))
    if twice:
        raise PlanningError(f"Two plans to compare are named {twice[0]}, or it is the name of a column. Rename one.")
    return names
