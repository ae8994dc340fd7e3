"""An independent judge of a finite plan: plain loops over rows, no code shared with the planner, slow and obvious.

It asks only whether the plan could be carried out: no work centre over its hours, all work done and none invented, no
material used before it is there, nothing before today, operations in their order, lead times kept.
"""

from __future__ import annotations

from collections import defaultdict

from planning.finite.problem import FiniteProblem
from planning.finite.schedule import Schedule

_NEVER = 2**31


def violations(problem: FiniteProblem, schedule: Schedule) -> list[str]:
    """One sentence for each thing that cannot be; empty: the plan can be carried out."""
    return [
        *_work_centres(problem, schedule),
        *_operations(problem, schedule),
        *_orders(problem, schedule),
        *_materials(problem, schedule),
    ]


def _work_centres(problem: FiniteProblem, schedule: Schedule) -> list[str]:
    used: dict[tuple[int, int], int] = defaultdict(int)
    found = []
    load = schedule.load
    for operation, bucket, work in zip(load.operation.tolist(), load.bucket.tolist(), load.work.tolist(), strict=True):
        centre = int(problem.operations.work_centre[operation])
        if centre < 0:
            found.append(f"operation {operation} has load but no work centre")
        if work <= 0:
            found.append(f"operation {operation} has load {work} in bucket {bucket}")
        used[centre, bucket] += work
    capacity = problem.capacity.work.tolist()
    for (centre, bucket), work in used.items():
        if centre >= 0 and work > capacity[centre][bucket]:
            found.append(f"work centre {centre} has {work} in bucket {bucket}, of {capacity[centre][bucket]}")
    return found


def _operations(problem: FiniteProblem, schedule: Schedule) -> list[str]:
    """All work is done, none before the operation begins, and what is available has all its work behind it."""
    done: dict[int, int] = defaultdict(int)
    buckets: dict[int, list[int]] = defaultdict(list)
    load = schedule.load
    for operation, bucket, work in zip(load.operation.tolist(), load.bucket.tolist(), load.work.tolist(), strict=True):
        done[operation] += work
        buckets[operation].append(bucket)
    edges = problem.capacity.edges.tolist()
    begins, available = schedule.begin_day.tolist(), schedule.available_day.tolist()
    order_of, centre_of = problem.operations.order.tolist(), problem.operations.work_centre.tolist()
    found = []
    for operation, asked in enumerate(problem.operations.work.tolist()):
        finished = available[order_of[operation]] < _NEVER
        if centre_of[operation] >= 0 and (done[operation] > asked or (finished and done[operation] < asked)):
            found.append(f"operation {operation} has {done[operation]} of {asked} done")
        for bucket in buckets[operation]:
            if edges[bucket + 1] <= begins[operation]:
                found.append(f"operation {operation} is loaded in bucket {bucket} and begins on {begins[operation]}")
        if buckets[operation] and begins[operation] < edges[min(buckets[operation])]:
            found.append(f"operation {operation} begins on {begins[operation]}, before its first load")
    return found


def _orders(problem: FiniteProblem, schedule: Schedule) -> list[str]:
    """Step by step through each order: a step follows the last load of the one before, and its days."""
    last_load: dict[int, int] = {}
    edges = problem.capacity.edges.tolist()
    begins = schedule.begin_day.tolist()
    for operation, bucket in zip(schedule.load.operation.tolist(), schedule.load.bucket.tolist(), strict=True):
        day = max(edges[bucket], begins[operation])
        last_load[operation] = max(last_load.get(operation, day), day)
    operations = problem.operations
    steps: dict[int, list[int]] = defaultdict(list)
    for operation, order in enumerate(operations.order.tolist()):
        steps[order].append(operation)
    found = []
    earliest = problem.orders.earliest_day.tolist()
    for order, rows in steps.items():
        available, start = int(schedule.available_day[order]), int(schedule.start_day[order])
        if available >= _NEVER:
            continue
        if start != begins[rows[0]]:
            found.append(f"order {order} starts on {start}, its first operation on {begins[rows[0]]}")
        not_before = max(earliest[order], problem.first_day)
        for operation in rows:
            if begins[operation] < not_before:
                found.append(f"operation {operation} of order {order} begins on {begins[operation]}, not {not_before}")
            day = last_load.get(operation, begins[operation]) + int(operations.days[operation])
            calendar, left = int(operations.calendar[operation]), int(operations.working_days[operation])
            while left or not _works(problem, calendar, day):
                left -= _works(problem, calendar, day)
                day += 1
            not_before = day
        if available != not_before:
            found.append(f"order {order} is available on {available}, not on {not_before}")
    return found


def _works(problem: FiniteProblem, calendar: int, day: int) -> bool:
    """Outside of what a calendar states its nearest week repeats."""
    if calendar < 0:
        return True
    stated = problem.calendars.is_working[calendar]
    position = day - problem.calendars.first_day
    if position >= stated.size:
        position = stated.size - 7 + (position - stated.size) % 7
    elif position < 0:
        position %= 7
    return bool(stated[position])


def _materials(problem: FiniteProblem, schedule: Schedule) -> list[str]:
    links = problem.links
    available, starts = schedule.available_day.tolist(), schedule.start_day.tolist()
    given: dict[int, int] = defaultdict(int)
    found = []
    rows = zip(
        links.supply.tolist(), links.user.tolist(), links.quantity.tolist(), links.offset_days.tolist(), strict=True
    )
    for supply, user, quantity, offset in rows:
        given[supply] += quantity
        if user >= 0 and starts[user] < _NEVER and starts[user] + offset < available[supply]:
            found.append(
                f"order {user} starts on {starts[user]} and takes from order {supply}, available on {available[supply]}"
            )
    for supply, quantity in given.items():
        if quantity > int(problem.orders.quantity[supply]):
            found.append(f"order {supply} gives {quantity} of {int(problem.orders.quantity[supply])}")
    return found
