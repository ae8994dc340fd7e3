"""What sales reps do: calls, mails, visits and demonstrations around opportunities, and the routine with customers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from pipelines.demo.company.calendars import TWO_SHIFTS
from pipelines.demo.opening_hours import next_working
from pipelines.demo.world import World
from pipelines.demo.writing.columns import ACTIVITY, OPPORTUNITY, coded, instants, numbered
from pipelines.demo.writing.crm_experience import Codes, Floats
from pipelines.demo.writing.customers import customer_ids

TYPES = ("call", "visit", "email", "meeting", "demo", "other")
# Cumulative weights by TYPES: before the quotation, after it, without any opportunity.
EARLY = np.cumsum([0.40, 0.15, 0.28, 0.03, 0.13, 0.01])
LATE = np.cumsum([0.36, 0.10, 0.24, 0.27, 0.01, 0.02])
ROUTINE = np.cumsum([0.46, 0.18, 0.28, 0.04, 0.0, 0.04])
# An opportunity has at most so many activities, one in some days.
MOST_OF_ONE, MEAN_GAP_DAYS = 24, 5.0
ROUTINE_PER_WEEK = 0.3
STILL_CALLED_DAYS = 21
WEEKS_AT_ONCE = 26


def activity_tables(world: World, slice_rows: int) -> Iterator[pl.DataFrame]:
    """activities, in pieces: those of opportunities by opportunity, then the routine by week and customer."""
    opportunities = world.documents.opportunities
    at_once = max(slice_rows // MOST_OF_ONE, 1)
    for start in range(0, opportunities.count, at_once):
        yield _of_opportunities(world, start, start + at_once)
    for week in range(0, world.day // 7 + 1, WEEKS_AT_ONCE):
        yield _routine(world, np.arange(week, min(week + WEEKS_AT_ONCE, world.day // 7 + 1)))


def _of_opportunities(world: World, start: int, end: int) -> pl.DataFrame:
    """From its first day to its last, as long as it is open."""
    luck, table = world.luck, world.documents.opportunities.slice(start, end)
    customer, created_at = table["customer"].astype(np.int64), table["created_at"]
    number = np.arange(MOST_OF_ONE)
    keys = (customer[:, None], np.floor(created_at).astype(np.int64)[:, None], number)
    gaps = luck.exponential(MEAN_GAP_DAYS, "activity gap", *keys)
    day = _weekday(world, np.floor(created_at[:, None] + np.cumsum(gaps, axis=1) - 0.5 * gaps[:, :1]).astype(np.int64))
    at = np.maximum(day + 0.02 + 0.38 * luck.uniform("activity at", *keys), created_at[:, None])
    drawn = luck.uniform("activity", *keys)
    kind = np.where(
        at < table["quoted_at"][:, None], np.searchsorted(EARLY, drawn, "right"), np.searchsorted(LATE, drawn, "right")
    )
    row, slot = np.nonzero((at < table["closed_at"][:, None]) & (at < world.day + 1))
    opportunity = start + row
    ids = numbered(f"{ACTIVITY}O", opportunity * MOST_OF_ONE + slot)
    return _table(world, ids, kind[row, slot], at[row, slot], customer[row], table["sales_rep"][row], opportunity)


def _routine(world: World, weeks: Codes) -> pl.DataFrame:
    """Reps keep in touch with the customers of theirs, in some weeks, until they notice that one has left."""
    luck, customers = world.luck, world.company.customers
    own = np.flatnonzero((customers.sales_rep >= 0) & (world.customer_joined_day <= world.day))
    keys = (own, weeks[:, None])
    day = _weekday(world, 7 * weeks[:, None] + luck.integers(5, "routine day", *keys))
    happens = luck.chance(ROUTINE_PER_WEEK, "routine", *keys) & (day <= world.day)
    happens &= (day >= world.customer_joined_day[own]) & (day < world.customer_left_day[own] + STILL_CALLED_DAYS)
    week, place = np.nonzero(happens)
    keys = (own[place], weeks[week])
    at = day[week, place] + 0.02 + 0.38 * luck.uniform("routine at", *keys)
    kind = luck.choice(ROUTINE, "routine type", *keys)
    ids = numbered(f"{ACTIVITY}R", own[place] * 1000 + weeks[week])
    reps = customers.sales_rep[own[place]].astype(np.int64)
    return _table(world, ids, kind, at, own[place], reps, np.full(place.size, -1))


def _table(
    world: World, ids: pl.Series, kind: Codes, at: Floats, customer: Codes, rep: Codes, opportunity: Codes
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "activity_id": ids,
            "activity_type": coded(TYPES, kind),
            "activity_at": instants(world.company.start_date, at, world.day),
            "customer_id": customer_ids(world, customer),
            "opportunity_id": numbered(OPPORTUNITY, opportunity),
            "sales_rep_id": coded(world.company.sales_reps.ids, rep),
        }
    )


def _weekday(world: World, day: Codes) -> Codes:
    """The same day, or the Monday after a weekend."""
    weekday = (world.company.start_date.weekday() + day) % 7
    monday = day + np.where(weekday >= 5, 7 - weekday, 0)
    opened = next_working(world, np.full(day.shape, TWO_SHIFTS), monday.astype(np.float64)).astype(np.int64)
    return np.where(monday >= 0, opened, monday)
