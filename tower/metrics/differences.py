"""Why two readings of a figure differ: the documents behind both, each with its share of the difference.

A reading is one definition over one period in one build. The shares of all documents add up to the difference to the
last digit that floating point holds, so switching a definition, closing a period or building again is explained by
documents and not by words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tower.metrics.catalogue import Catalogue, Metric
from tower.metrics.documents import Side, document_rows
from tower.metrics.filters import Filter, Period
from tower.metrics.query import query

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# More documents than any company of one machine has behind one figure.
_ALL = 2**31 - 1
SIDES: tuple[Side, ...] = ("numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure as it is read: a definition, its filters and its period, in one build."""

    warehouse: Warehouse
    catalogue: Catalogue
    metric: str
    where: tuple[Filter, ...] = ()
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values and what explains the step from the first to the second, in the metric's own unit.

    `rows` holds a row for each document that the two readings count differently, the greatest share first: the key
    columns in `keys`, the columns asked for, `numerator_before`, `numerator_after` and, for ratios,
    `denominator_before`, `denominator_after`, then `share`. `remainder` is what no document carries, such as the
    number of days that an average is taken over. Σ `share` + `remainder` = after − before.
    """

    before: float
    after: float
    keys: tuple[str, ...]
    rows: pl.DataFrame
    remainder: float

    @property
    def change(self) -> float:
        return self.after - self.before


def explain_difference(before: Reading, after: Reading, show: Sequence[str] = ()) -> Difference | None:
    """The documents that lead from one reading to the other; None where a value is missing or is no sum.

    A document's share of the difference of two ratios is, with r the first ratio and N, D the sums of numerators and
    denominators, ((n₂ − n₁) − r (d₂ − d₁)) ÷ D₂ where both count in the same unit: a document that both count alike
    has no share. Where the units differ it is (n₂ − r d₂) ÷ D₂ − (n₁ − r d₁) ÷ D₁. Both add up to r₂ − r₁ because
    Σ (n₁ − r d₁) = 0. A median has no shares.
    """
    first, second = _Totals.of(before), _Totals.of(after)
    if first is None or second is None:
        return None
    sides = [_rows_of(before, show), _rows_of(after, show)]
    keys = _shared_keys(before, after, sides)
    counted = _side_by_side(sides, keys, show)
    return _Shares(first, second, _same_units(before, after)).explain(counted, keys, show)


def is_explainable(catalogue: Catalogue, metric: str) -> bool:
    """Whether a metric is made of sums or counts, so that each document has a share of it."""
    return all(catalogue.measure_of(leaf)[1].aggregation != "percentile" for leaf in catalogue.leaves(metric))


@dataclass(frozen=True, slots=True)
class _Totals:
    """The value of a reading, its two sums and what the quotient is multiplied with."""

    value: float
    numerator: float
    denominator: float
    scale: float
    is_ratio: bool

    @classmethod
    def of(cls, reading: Reading) -> _Totals | None:
        metric = reading.catalogue.metric(reading.metric)
        if not is_explainable(reading.catalogue, reading.metric):
            return None
        row = query(
            reading.warehouse, reading.catalogue, [reading.metric], where=reading.where, period=reading.period,
            with_parts=True,
        ).row(0, named=True)  # fmt: skip
        value = row[reading.metric]
        if value is None:
            return None
        if metric.kind == "simple":
            return cls(float(value), float(value), 1.0, 1.0, is_ratio=False)
        numerator, denominator = (float(row[f"{reading.metric}__{side}"]) for side in SIDES)
        return cls(float(value), numerator, denominator, metric.scale, is_ratio=True)


@dataclass(frozen=True, slots=True)
class _Shares:
    before: _Totals
    after: _Totals
    is_same_unit: bool

    def explain(self, counted: pl.DataFrame, keys: tuple[str, ...], show: Sequence[str]) -> Difference:
        """Shares of every document, those without one left out."""
        rows = counted.with_columns(share=self._share()).filter(
            (pl.col("share").abs() > 0)
            & (
                (pl.col("numerator_before") != pl.col("numerator_after"))
                | (pl.col("denominator_before") != pl.col("denominator_after"))
                if self.is_same_unit
                else pl.lit(value=True)
            )
        )
        rows = rows.sort([pl.col("share").abs(), *keys], descending=[True, *(False for _ in keys)], nulls_last=True)
        change = self.after.value - self.before.value
        explained = float(rows["share"].sum()) if rows.height else 0.0
        amounts = [f"{side}_{when}" for side in SIDES for when in ("before", "after")]
        return Difference(
            self.before.value, self.after.value, keys, rows.select(*keys, *show, *amounts, "share"), change - explained
        )

    def _share(self) -> pl.Expr:
        before, after = self.before, self.after
        ratio = before.numerator / before.denominator
        numerators = {when: pl.col(f"numerator_{when}") for when in ("before", "after")}
        denominators = {when: pl.col(f"denominator_{when}") for when in ("before", "after")}
        if self.is_same_unit:
            steps = (numerators["after"] - numerators["before"]) - ratio * (
                denominators["after"] - denominators["before"]
            )
            return after.scale * steps / after.denominator
        step = (
            after.scale * numerators["after"] / after.denominator
            - before.scale * numerators["before"] / before.denominator
        )
        if not (before.is_ratio and after.is_ratio):
            # A sum is divided by nothing that documents carry.
            return step
        weights = denominators["after"] / after.denominator - denominators["before"] / before.denominator
        return step - before.scale * ratio * weights


def _rows_of(reading: Reading, show: Sequence[str]) -> pl.DataFrame:
    """The documents of both sides, one row for each side's document: keys, shown columns, numerator, denominator."""
    catalogue = reading.catalogue
    leaves = catalogue.leaves(reading.metric)
    frames: list[pl.DataFrame] = []
    done: set[Side] = set()
    for side, leaf in zip(SIDES, leaves, strict=False):
        model, measure = catalogue.measure_of(leaf)
        if side in done or measure.timing == "calendar_days":
            continue
        reached = [name for name in show if catalogue.path(model, name) is not None]
        frame = document_rows(
            reading.warehouse, catalogue, reading.metric, reading.where, reading.period, show=reached, side=side,
            limit=_ALL,
        )  # fmt: skip
        done.update(one for one in SIDES if one in frame.columns)
        frames.append(_counted(catalogue, leaves, frame))
    return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()


def _counted(catalogue: Catalogue, leaves: Sequence[Metric], frame: pl.DataFrame) -> pl.DataFrame:
    """Amounts as what each document adds; of different values that are counted, the first document of each adds one."""
    for side, leaf in zip(SIDES, leaves, strict=False):
        if side not in frame.columns:
            continue
        if catalogue.measure_of(leaf)[1].aggregation == "count_distinct":
            is_first = pl.col(side).is_not_null() & pl.col(side).is_first_distinct()
            frame = frame.with_columns(is_first.cast(pl.Float64).alias(side))
        else:
            frame = frame.with_columns(pl.col(side).cast(pl.Float64).fill_null(0.0))
    missing = [pl.lit(0.0).alias(side) for side in SIDES if side not in frame.columns]
    return frame.with_columns(missing)


def _shared_keys(before: Reading, after: Reading, sides: Sequence[pl.DataFrame]) -> tuple[str, ...]:
    """What a document is recognised by in both readings: the own key of the fact, or all keys that both carry."""
    models = [
        one.catalogue.measure_of(leaf)[0]
        for one in (before, after)
        for leaf in one.catalogue.leaves(one.metric)
        if one.catalogue.measure_of(leaf)[1].timing != "calendar_days"
    ]
    own = {model.primary.name if model.primary else "" for model in models}
    if len(own) == 1 and (only := own.pop()):
        return (only,)
    entities = {name: None for model in models for name in (one.name for one in model.entities)}
    shared = [name for name in entities if all(name in side.columns for side in sides)]
    return tuple(shared)


def _side_by_side(sides: Sequence[pl.DataFrame], keys: tuple[str, ...], show: Sequence[str]) -> pl.DataFrame:
    """Both readings of each document in one row; a document that one of them does not count adds nothing there."""
    parts = []
    for when, frame in zip(("before", "after"), sides, strict=True):
        other = "after" if when == "before" else "before"
        named = frame.with_columns(pl.lit(None, dtype=pl.String).alias(one) for one in show if one not in frame.columns)
        parts.append(
            named.select(
                *(pl.col(key).cast(pl.String) for key in keys),
                *(pl.col(one).cast(pl.String) for one in show if one not in keys),
                *(pl.col(side).alias(f"{side}_{when}") for side in SIDES),
                *(pl.lit(0.0).alias(f"{side}_{other}") for side in SIDES),
            )
        )
    amounts = [f"{side}_{when}" for side in SIDES for when in ("before", "after")]
    others = [one for one in show if one not in keys]
    return (
        pl.concat(parts, how="diagonal")
        .group_by(list(keys), maintain_order=True)
        .agg(*(pl.col(one).drop_nulls().first() for one in others), *(pl.col(amount).sum() for amount in amounts))
        if keys
        else pl.concat(parts, how="diagonal")
    )


def _same_units(before: Reading, after: Reading) -> bool:
    """Whether both readings count and divide in the same units, so that their amounts may be subtracted."""

    def units(reading: Reading) -> tuple[str, ...]:
        metric = reading.catalogue.metric(reading.metric)
        return (*(leaf.unit for leaf in reading.catalogue.leaves(reading.metric)), str(metric.scale))

    return units(before) == units(after)
