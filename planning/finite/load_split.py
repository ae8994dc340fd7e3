"""Split load over alternatives (plants, work centres, make or buy) by linear programming, where there are any.

A *group* is what can be had in several ways: an item at its site, or one order. Each of its *alternatives* has a cost
and loads work centres by the bucket in which its work would have to begin. Shares are chosen so that

    Σ cost × share + cost of backlog × Σ hours late × buckets late

is least. Hours may be worked in any earlier bucket; hours that do not fit by their bucket are backlog until they are
worked off, and what is left after the last bucket counts as late for as many buckets as there are. Shares of a group
add up to one. Solved by HiGHS; nothing is rounded: the plan divides lots by these shares, in whole lots.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, eye_array, hstack, vstack

from planning.errors import PlanningError
from planning.mrp.codes import Floats, Integers


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One row an alternative: its `group` (codes from 0, each with a row) and the `cost` if it supplied all of it.

    Load rows: taking all of `load_alternative` asks `load_hours` of `load_centre` by the end of `load_bucket`.
    """

    group: Integers
    cost: Floats
    load_alternative: Integers
    load_centre: Integers
    load_bucket: Integers
    load_hours: Floats


@dataclass(frozen=True, slots=True)
class LoadSplit:
    """`share` of each alternative in its group, hours of backlog by work centre and bucket, and the money in all."""

    share: Floats
    backlog: Floats
    cost: float


def split_load(alternatives: Alternatives, hours: Floats, fixed_load: Floats, backlog_cost: float) -> LoadSplit:
    """`hours` and `fixed_load` (what has no alternative): work centres × buckets; `backlog_cost`: an hour and bucket.

    Raises PlanningError for a negative cost of backlog, and where HiGHS finds no answer.
    """
    if backlog_cost < 0:
        raise PlanningError(f"The cost of backlog is {backlog_cost}. Make it 0 or more.")
    centres, buckets = hours.shape
    count, cells = alternatives.group.size, centres * buckets
    cell = alternatives.load_centre * buckets + alternatives.load_bucket
    load = coo_array((alternatives.load_hours, (cell, alternatives.load_alternative)), shape=(cells, count))
    # worked − load − (early − backlog) + (early − backlog) of the bucket before = fixed load
    same = eye_array(cells)
    before = coo_array((np.ones(centres * (buckets - 1)), _bucket_before(centres, buckets)), shape=(cells, cells))
    balance = hstack((-load, same, before - same, same - before))
    groups = int(alternatives.group.max(initial=-1)) + 1
    whole = coo_array((np.ones(count), (alternatives.group, np.arange(count))), shape=(groups, count + 3 * cells))
    late = np.full((centres, buckets), backlog_cost)
    late[:, -1] *= 1 + buckets
    found = linprog(
        np.concatenate((alternatives.cost, np.zeros(2 * cells), late.ravel())),
        A_eq=vstack((balance, whole)).tocsr(),
        b_eq=np.concatenate((fixed_load.ravel(), np.ones(groups))),
        bounds=np.column_stack(
            (
                np.zeros(count + 3 * cells),
                np.concatenate((np.ones(count), hours.ravel(), np.full(2 * cells, np.inf))),
            )
        ),
        method="highs",
    )
    if found.x is None:
        raise PlanningError(f"The load cannot be split: {found.message} Check costs and hours for missing values.")
    share = np.clip(found.x[:count], 0.0, 1.0)
    return LoadSplit(share, found.x[count + 2 * cells :].reshape(centres, buckets), float(found.fun))


def _bucket_before(centres: int, buckets: int) -> tuple[Integers, Integers]:
    """Row and column of each cell and the one of the same work centre before it."""
    cell = np.arange(centres * buckets).reshape(centres, buckets)
    return cell[:, 1:].ravel(), cell[:, :-1].ravel()
