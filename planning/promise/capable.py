"""The search for a promise: trials on the plan of orders, by halving.

The later the day and the smaller the quantity, the easier: so the earliest day and the greatest quantity are found by
halving. First the earliest day by material alone; from the weeks in which its work would start then, the hours are
looked for. A promise in parts takes what is possible on the wanted day, then on the days on which more is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from planning.errors import PlanningError
from planning.mrp.codes import NONE, UNIT, Integers
from planning.promise.inquiry import Inquiry, Limit, Part, Promise
from planning.promise.order_plan import OrderPlan, Trial
from planning.promise.work_hours import first_buckets

# A promise further out is none.
LATEST_DAYS = 1_100
# Days between the wanted one and the last on which parts of a divided promise may come.
MOST_STEPS = 3
_FIRST_STRIDE = 7
# A delivery between the first and the last is at least so many-th part of the whole.
_LEAST_PART = 20
# Quantities that are no whole units are looked for in steps of a thousandth.
_GRAIN = UNIT // 1000


def promise(orders: OrderPlan, inquiry: Inquiry) -> Promise:
    """Answer one inquiry. Raises PlanningError for a node that does not exist or a quantity that is none."""
    problem = orders.problem
    if not 0 <= inquiry.node < problem.nodes.count:
        raise PlanningError(f"There is no node {inquiry.node}; there are {problem.nodes.count}. Name one of them.")
    if inquiry.quantity <= 0:
        raise PlanningError("An inquiry asks for more than nothing. Give a quantity above 0.")
    wanted = max(inquiry.wanted_day, problem.first_day)
    asked = _Asked(orders, inquiry, wanted)
    whole = inquiry.quantity
    by_material = asked.earliest([], whole, wanted, lambda trial: trial.has_material)
    if by_material is not None:
        asked.begins = first_buckets(asked.trial([Part(by_material, whole)]).needed_hours(as_planned=True))
    day = None if by_material is None else asked.earliest([], whole, by_material, asked.goes)
    on_wanted_day = whole if day == wanted else asked.most([], wanted, whole)
    parts: tuple[Part, ...] = () if day is None else (Part(day, whole),)
    if day is not None and day > wanted:
        parts = asked.divided(on_wanted_day, day) or parts
    limits_day = None if day == wanted else asked.limit([Part(NONE if day is None else day - 1, whole)])
    limits_quantity = None if on_wanted_day == whole else asked.limit([Part(wanted, on_wanted_day + _grain(whole))])
    last = asked.trial([Part(wanted if day is None else day, whole)])
    return Promise(
        inquiry, NONE if day is None else day, on_wanted_day, parts, limits_day, limits_quantity, last.without_source()
    )


def _grain(quantity: int) -> int:
    return UNIT if quantity % UNIT == 0 else _GRAIN


class _Asked:
    """The trials of one inquiry. `begins`: the bucket from which each work centre may begin with its hours."""

    def __init__(self, orders: OrderPlan, inquiry: Inquiry, wanted: int) -> None:
        self.orders, self.inquiry, self.wanted = orders, inquiry, wanted
        centres = 0 if orders.hours is None else orders.hours.work_centres
        self.begins: Integers = np.full(centres, 2**31)
        self._known: dict[tuple[Part, ...], Trial] = {}

    def trial(self, parts: Sequence[Part]) -> Trial:
        key = tuple(parts)
        if key not in self._known:
            self._known[key] = self.orders.trial(self.inquiry, parts)
        return self._known[key]

    def goes(self, trial: Trial) -> bool:
        return trial.has_material and trial.lack(self.begins) is None

    def earliest(self, before: list[Part], quantity: int, not_before: int, goes: Callable[[Trial], bool]) -> int | None:
        """The first day on which a quantity goes beside the parts `before`; None where there is none."""
        trial = self.trial([*before, Part(not_before, quantity)])
        if goes(trial):
            return not_before
        low, high, stride = not_before, max(int(trial.met_on[-1]), not_before + 1), _FIRST_STRIDE
        while not goes(self.trial([*before, Part(high, quantity)])):
            if high > self.orders.problem.first_day + LATEST_DAYS:
                return None
            low, high, stride = high, high + stride, stride * 2
        while high - low > 1:
            middle = (low + high) // 2
            if goes(self.trial([*before, Part(middle, quantity)])):
                high = middle
            else:
                low = middle
        return high

    def most(self, before: list[Part], day: int, quantity: int) -> int:
        """The most that goes on a day beside the parts `before`, at most a quantity."""
        if self.goes(self.trial([*before, Part(day, quantity)])):
            return quantity
        grain = _grain(self.inquiry.quantity)
        low, high = 0, -(-quantity // grain)
        while high - low > 1:
            middle = (low + high) // 2
            if self.goes(self.trial([*before, Part(day, middle * grain)])):
                low = middle
            else:
                high = middle
        return low * grain

    def divided(self, on_wanted_day: int, day: int) -> tuple[Part, ...]:
        """Parts that bring something before the day of the whole; none where nothing comes before it."""
        whole = self.inquiry.quantity
        parts = [Part(self.wanted, on_wanted_day)] if on_wanted_day else []
        left = whole - on_wanted_day
        grain = _grain(whole)
        least = max(whole // _LEAST_PART // grain * grain, grain)
        for _ in range(MOST_STEPS):
            if left <= least:
                break
            # The first day on which something worth a delivery is there, then all that is there on it.
            next_day = self.earliest(parts, least, parts[-1].day if parts else self.wanted, self.goes)
            if next_day is None or next_day >= day:
                break
            more = self.most(parts, next_day, left - grain)
            parts.append(Part(next_day, more))
            left -= more
        if not parts:
            return ()
        last = self.earliest(parts, left, parts[-1].day, self.goes)
        if last is None or last > day:
            return ()
        if last == parts[-1].day:
            return (*parts[:-1], Part(last, parts[-1].quantity + left))
        return (*parts, Part(last, left))

    def limit(self, parts: list[Part]) -> Limit | None:
        """Why some parts do not go; a day of NONE stands for the wanted one."""
        return self.trial([Part(max(part.day, self.wanted), part.quantity) for part in parts]).limit(self.begins)
