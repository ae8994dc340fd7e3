"""When incidents happen: by seed and start date alone, cycle by cycle, never by the day on which the simulation ends.

Cycles are 120 days long and end on the three-year day, so that the last 120 days of a three-year run are one whole
cycle. The first years have one or two incidents a cycle, as history; later cycles have eight to twelve.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.demo.incidents.kind import Kind, PlannedIncident
from pipelines.demo.world import World

CYCLE_DAYS = 120
THREE_YEARS = 1096
FIRST_CYCLE_DAY = THREE_YEARS % CYCLE_DAYS
QUIET_DAYS = 120
"""Nothing happens before."""
FULL_FROM_DAY = 600
FEWEST, MOST = 8, 12


def cycle_of(day: int) -> int:
    """The cycle that a day lies in; day 1095 is the last of cycle 8."""
    return (day - FIRST_CYCLE_DAY) // CYCLE_DAYS


def first_day_of(cycle: int) -> int:
    """First day of a cycle."""
    return FIRST_CYCLE_DAY + cycle * CYCLE_DAYS


def plan_cycle(
    world: World, cycle: int, kinds: Sequence[Kind], first_number: int, *, every_kind: bool
) -> tuple[list[PlannedIncident], list[str]]:
    """The incidents of a cycle by start, and the kinds that stand by for those that find no subject.

    `every_kind`: in the cycle before the three-year day each of the kinds is planted, however few or many they are.
    """
    first, luck = first_day_of(cycle), world.luck
    if first < QUIET_DAYS or not kinds:
        return [], []
    days = {kind.name: _possible_days(world, kind, first) for kind in kinds}
    order = np.argsort(luck.uniform("incident kinds", cycle, np.arange(len(kinds))), kind="stable")
    possible = [kinds[position] for position in order if days[kinds[position].name].size]
    if first < FULL_FROM_DAY:
        count = 1 + int(luck.integers(2, "incidents", cycle)[0])
    else:
        count = FEWEST + int(luck.integers(MOST - FEWEST + 1, "incidents", cycle)[0])
    if every_kind and cycle == cycle_of(THREE_YEARS - 1):
        count = len(possible)
    starts: dict[int, Kind] = {}
    # Whoever has the fewest days to choose from chooses first.
    for kind in sorted(possible[:count], key=lambda each: (days[each.name].size, each.name)):
        free = np.setdiff1d(days[kind.name], np.array(sorted(starts), dtype=np.int64))
        free = free if free.size else days[kind.name]
        start = int(free[int(luck.integers(free.size, f"{kind.name} start", cycle)[0])])
        while start in starts:
            start += 1
        starts[start] = kind
    planned = [
        PlannedIncident(first_number + place, kind.name, start, duration(world, kind, first_number + place))
        for place, (start, kind) in enumerate(sorted(starts.items()))
    ]
    return planned, [kind.name for kind in possible[count:]]


def duration(world: World, kind: Kind, number: int) -> int:
    """How many days an incident lasts."""
    low, high = kind.duration_days
    return low + int(world.luck.integers(high - low + 1, f"{kind.name} duration", number)[0])


def _possible_days(world: World, kind: Kind, first: int) -> np.typing.NDArray[np.int64]:
    days = kind.first_days(world, first)
    return first + np.arange(kind.latest_start + 1) if days is None else days
