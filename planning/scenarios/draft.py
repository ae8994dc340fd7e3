"""A scenario being put together: the model as changed so far, and the journal that leads there from the base.

Nothing is written to the base. Rows that a change adds stand behind the others with names of their own, so that a new
plan is read back as the base is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from planning.model.forecast import whole_items
from planning.model.inputs import PlanningModel
from planning.mrp import Journal, Plan
from planning.mrp.codes import NONE, UNIT, Floats, Integers
from planning.scenarios.prices import Prices

SALES = "sales_order_line"
Texts = NDArray[Any]


@dataclass(frozen=True, slots=True)
class HoursStep:
    """Hours of some work centres from one day to another, both included: a day's hours × `factor` + `add`."""

    work_centres: tuple[int, ...]
    first_day: int
    last_day: int
    factor: float
    add: float


@dataclass(frozen=True, slots=True)
class Directory:
    """Names of the base by code; `orders`: the numbers of its planned orders.

    `families`: words for the family of each node's item: category, its name, the name at the top of its tree.
    `grain`: what quantities of each node are whole multiples of, in millionths.
    """

    item: Texts
    location: Texts
    families: tuple[Texts, ...]
    grain: Integers
    suppliers: tuple[str, ...]
    orders: Texts

    @classmethod
    def of(cls, model: PlanningModel, orders: Texts) -> Directory:
        nodes = model.nodes
        whole = nodes["item_id"].is_in(list(whole_items(model.rows.items))).to_numpy()
        words = [name for name in ("category_id", "category_name", "product_family") if name in nodes.columns]
        return cls(
            item=nodes["item_id"].to_numpy(),
            location=nodes["location_id"].to_numpy(),
            families=tuple(nodes[name].fill_null("").to_numpy() for name in words),
            grain=np.where(whole, UNIT, 1).astype(np.int64),
            suppliers=tuple(sorted({*model.suppliers, *model.rows.suppliers["supplier_id"]})),
            orders=orders,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """The base plan, the model as changed so far, and what changed it.

    `hours` are changes of working hours and `prices` what is paid; no order depends on either. `firmed`: rows of the
    open supply that were planned orders of the base; `taken`: the rows of those orders.
    """

    plan: Plan
    directory: Directory
    model: PlanningModel
    prices: Prices
    journal: Journal = field(default_factory=Journal)
    hours: tuple[HoursStep, ...] = ()
    firmed: tuple[int, ...] = ()
    taken: tuple[int, ...] = ()

    def changed(self, step: Journal, **frames: object) -> Draft:
        """One step further; `frames` are fields of the model that go with it."""
        problem = step.applied(self.model.problem)
        model = replace(self.model, problem=problem, **frames)  # type: ignore[arg-type]
        return replace(self, model=model, journal=self.journal.then(step))

    @property
    def is_sale(self) -> NDArray[np.bool_]:
        """Which rows of the demands are sales order lines."""
        return np.asarray((self.model.demands["document_type"] == SALES).to_numpy())

    def supplier_of_supply(self) -> Texts:
        """The supplier of each open order, empty where nobody delivers it."""
        return np.asarray(delivered_by(self.model).fill_null("").to_numpy())

    def supplier_of_source(self) -> Texts:
        """The supplier of each source, empty where there is none."""
        named = np.array(["", *self.model.suppliers], dtype=object)
        return np.asarray(named[self.model.problem.sources.supplier + 1])


def delivered_by(model: PlanningModel) -> pl.Series:
    """The supplier of each open order: that of its purchase line, else that of its source; empty where none is."""
    lines = model.rows.purchase_lines
    known = dict(lines.select("purchase_order_line_id", "supplier_id").iter_rows())
    made = lines.filter(pl.col("production_order_id").is_not_null())
    known |= dict(made.select("production_order_id", "supplier_id").iter_rows())
    sources, source = model.problem.sources, model.problem.open_supply.source
    code = np.where(source >= 0, sources.supplier[source], NONE) if sources.count else source
    by_source = pl.Series([None, *model.suppliers], dtype=pl.String).gather(code + 1)
    if not known:
        return by_source
    by_line = model.supply["document_id"].replace_strict(known, default=None, return_dtype=pl.String)
    return pl.select(pl.coalesce(by_line, by_source)).to_series()


def appended(frame: pl.DataFrame, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """A frame with rows behind its own; what a row does not name is empty."""
    new = pl.DataFrame([{**dict.fromkeys(frame.columns), **row} for row in rows], schema=frame.schema)
    return pl.concat([frame, new])


def coded(names: tuple[str, ...], name: str) -> tuple[tuple[str, ...], int]:
    """Names with one more where it is new, and its code."""
    if name in names:
        return names, names.index(name)
    return (*names, name), len(names)


def scaled(quantity: Integers, factor: float, group: Integers, day: Integers, grain: Integers) -> Integers:
    """Quantities × a factor in whole grains; what rounding takes is carried on to the next day of the group.

    So the total of a group is right to half a grain. Groups that hold fractions of a grain are scaled as they are.
    """
    order = np.lexsort((np.arange(quantity.size), day, group))
    exact = np.rint(quantity[order] * factor).astype(np.int64)
    of_group = group[order]
    starts = np.flatnonzero(np.append(True, of_group[1:] != of_group[:-1])) if order.size else order
    length = np.diff(np.append(starts, order.size))
    until = np.cumsum(exact)
    until -= np.repeat(until[starts] - exact[starts], length)
    is_broken = np.add.reduceat((quantity[order] % grain[order] != 0).astype(np.int64), starts) if order.size else order
    step = np.where(np.repeat(is_broken > 0, length), 1, grain[order])
    rounded = (2 * until + step) // (2 * step) * step
    before = np.concatenate((rounded[:0], np.roll(rounded, 1)))
    before[starts] = 0
    found = np.empty_like(quantity)
    found[order] = rounded - before
    return found


def value_of(value: Floats, before: Integers, after: Integers) -> Floats:
    """Money that goes with a quantity that changes."""
    return np.where(before > 0, value * after / np.maximum(before, 1), value)


def day_code(day: date | None, otherwise: int) -> int:
    """A date as the engine counts days."""
    return otherwise if day is None else (day - date(1970, 1, 1)).days


def as_date(day: int) -> date:
    """A day of the engine as a date."""
    return date.fromordinal(day + date(1970, 1, 1).toordinal())


def in_window(day: Integers, start: date | None, end: date | None) -> NDArray[np.bool_]:
    """Days from one date to another, both included; an open end reaches as far as there are days."""
    found = np.ones(day.size, np.bool_)
    if start is not None:
        found &= day >= day_code(start, NONE)
    if end is not None:
        found &= day <= day_code(end, NONE)
    return found


def with_dates(frame: pl.DataFrame, rows: Integers, day: Integers) -> pl.DataFrame:
    """A frame with other dates in some rows."""
    stated = frame["date"].cast(pl.Int32).cast(pl.Int64)
    moved = stated.scatter(rows, day)
    return frame.with_columns(moved.cast(pl.Int32).cast(pl.Date).alias("date"))
