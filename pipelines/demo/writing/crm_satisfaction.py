"""What customers answer: after a delivery, after a case, and once a year whether they would recommend us.

A score falls with late arrivals, goods that had to go back and cases that are still open. Every answer knows only what
had happened by its moment.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import NEVER
from pipelines.demo.world import World
from pipelines.demo.writing.columns import CASE, RESPONSE, SALES_ORDER, coded, instants, numbered
from pipelines.demo.writing.crm_cases import COMPLAINT, QUESTION, Cases, complaints, service_cases
from pipelines.demo.writing.crm_experience import Codes, Experience, Floats
from pipelines.demo.writing.customers import customer_ids, customer_keys

SURVEYS = ("csat", "nps")
CSAT, NPS = range(2)
BEST = np.array([5.0, 10.0])
# Who answers: business customers, consumers.
ANSWERS_DELIVERY, ANSWERS_YEARLY = (0.22, 0.08), (0.7, 0.06)
ANSWERS_CASE = 0.25
OWN_OPINION, MOOD = 0.3, 0.55
# Points of five lost by a late day (up to a limit), by a return, by an open complaint.
PER_LATE_DAY, MOST_FOR_LATENESS, FOR_RETURN, FOR_OPEN_CASE = 0.14, 2.2, 1.1, 0.7
YEAR_DAYS, REMEMBERED_DAYS = 365, 180
CONSUMER_ASKED_AFTER = 45


def _table(
    world: World,
    ids: pl.Series,
    customer: Codes,
    at: Floats,
    survey: int,
    score: Floats,
    order: npt.ArrayLike = -1,
    cases: pl.Series | None = None,
) -> pl.DataFrame:
    orders = np.broadcast_to(np.asarray(order, dtype=np.int64), at.shape)
    lowest = 1.0 if survey == CSAT else 0.0
    return pl.DataFrame(
        {
            "response_id": ids,
            "customer_id": customer_ids(world, customer),
            "responded_at": instants(world.company.start_date, at, world.day),
            "survey_type": coded(SURVEYS, np.full(at.size, survey)),
            "score": np.clip(np.rint(score), lowest, BEST[survey]),
            "max_score": np.full(at.size, BEST[survey]),
            "sales_order_id": numbered(SALES_ORDER, orders),
            "case_id": coded((), np.full(at.size, -1)) if cases is None else cases,
        }
    )


def satisfaction_responses(world: World, experience: Experience, slice_rows: int) -> Iterator[pl.DataFrame]:
    """satisfaction_responses, in pieces."""
    for start in range(0, world.documents.deliveries.count, slice_rows):
        yield _after_deliveries(world, experience, start, min(start + slice_rows, world.documents.deliveries.count))
    for cases in service_cases(world, experience, slice_rows):
        yield _after_cases(world, cases)
    yield from _yearly(world, experience, slice_rows)


def _after_deliveries(world: World, experience: Experience, start: int, end: int) -> pl.DataFrame:
    deliveries, luck = world.documents.deliveries.slice(start, end), world.luck
    customer, late = deliveries["customer"].astype(np.int64), experience.late_days[start:end]
    arrived_day = np.floor(deliveries["arrives_at"])
    keys = (customer_keys(world, customer), arrived_day.astype(np.int64))
    share = np.where(customer < world.company.customers.count, *ANSWERS_DELIVERY)
    wait = 1.0 + luck.exponential(3.0, "answers after", *keys)
    at = arrived_day + np.floor(wait) + 0.02 + 0.55 * luck.uniform("answers at", *keys)
    answers = luck.chance(share, "answers", *keys) & (at < world.day + 1)
    about = complaints(world, experience, start, end)
    opened, resolved = np.full(customer.size, np.inf), np.full(customer.size, np.inf)
    position = about.document - start
    opened[position], resolved[position] = about.opened_at, about.resolved_at
    is_open = (opened < at) & (resolved > at)
    score = 4.65 + OWN_OPINION * luck.normal("opinion", keys[0]) + MOOD * luck.normal("mood", *keys)
    score -= np.minimum(PER_LATE_DAY * np.maximum(late, 0), MOST_FOR_LATENESS)
    score -= FOR_RETURN * (experience.first_return_at[start:end] < at) + FOR_OPEN_CASE * is_open
    rows = np.flatnonzero(answers)
    ids = numbered(f"{RESPONSE}D", start + rows)
    return _table(world, ids, customer[rows], at[rows], CSAT, score[rows], deliveries["order"][rows])


def _after_cases(world: World, cases: Cases) -> pl.DataFrame:
    """Who had a case is asked how it was solved: the longer it took, the worse."""
    luck, documents = world.luck, world.documents
    keys = (customer_keys(world, cases.customer), np.floor(cases.opened_at * 1440).astype(np.int64), cases.kind)
    at = cases.resolved_at + 1.0 + 3.0 * luck.uniform("answers about case", *keys)
    answers = luck.chance(ANSWERS_CASE, "asked about case", *keys) & (cases.kind != QUESTION) & (at < world.day + 1)
    took = cases.resolved_at - cases.opened_at
    score = 4.5 - 0.11 * np.minimum(took, 25.0) - 0.35 * (cases.kind == COMPLAINT)
    score += OWN_OPINION * luck.normal("opinion", keys[0]) + MOOD * luck.normal("mood about case", *keys)
    rows = np.flatnonzero(answers)
    ids = cases.ids.gather(rows.astype(np.uint32))
    order = documents.sales_lines["order"][cases.sales_line[rows]]
    names = pl.select(pl.concat_str(pl.lit(f"{RESPONSE}S"), ids.str.slice(len(CASE)))).to_series()
    return _table(world, names, cases.customer[rows], at[rows], CSAT, score[rows], order, ids)


def _yearly(world: World, experience: Experience, slice_rows: int) -> Iterator[pl.DataFrame]:
    """Business customers once a year on their own day, consumers once, some weeks after their first order."""
    business, luck = world.company.customers, world.luck
    customers = business.count + world.documents.consumers.count
    code = np.arange(customers)
    key = customer_keys(world, code)
    since = np.concatenate([np.zeros(business.count, dtype=np.int64), world.documents.consumers["created_day"]])
    wait = np.where(code < business.count, YEAR_DAYS // 2, CONSUMER_ASKED_AFTER)
    first = since + wait + luck.integers(wait, "survey day", key)
    years = world.day // YEAR_DAYS + 2
    count, lateness, returns = _remembered(world, experience, first, years)
    share = np.where(code < business.count, *ANSWERS_YEARLY)
    left_day = np.concatenate([world.customer_left_day, np.full(customers - business.count, NEVER)])
    for year in range(years):
        asked = first + YEAR_DAYS * year
        answers = (
            (count[year] > 0) & (asked <= world.day) & (asked < left_day) & ((code < business.count) | (year == 0))
        )
        answers &= luck.chance(share, "answers survey", key, year)
        rows = np.flatnonzero(answers)
        known = count[year][rows]
        score = 8.4 - 0.42 * np.minimum(lateness[year][rows] / known, 12.0) - 4.0 * returns[year][rows] / known
        score += 0.9 * luck.normal("opinion", key[rows]) + 1.1 * luck.normal("yearly mood", key[rows], year)
        at = asked[rows] + 0.1 + 0.4 * luck.uniform("answers survey at", key[rows], year)
        for start in range(0, rows.size, slice_rows):
            part = slice(start, start + slice_rows)
            ids = numbered(f"{RESPONSE}N", rows[part] * 100 + year)
            yield _table(world, ids, rows[part], at[part], NPS, score[part])


def _remembered(
    world: World, experience: Experience, first: Codes, years: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """(deliveries, their late days, those with a return) in the months before each survey, by (year, customer)."""
    deliveries = world.documents.deliveries
    rows = np.flatnonzero(experience.has_arrived)
    customer = deliveries["customer"][rows].astype(np.int64)
    day = np.floor(deliveries["arrives_at"][rows]).astype(np.int64)
    year = np.maximum(-((first[customer] - day - 1) // YEAR_DAYS), 0)
    asked = first[customer] + YEAR_DAYS * year
    near = (asked - day <= REMEMBERED_DAYS) & (year < years)
    rows, place = rows[near], (year[near], customer[near])
    result = np.zeros((3, years, first.size), dtype=np.float32)
    np.add.at(result[0], place, 1.0)
    np.add.at(result[1], place, np.maximum(experience.late_days[rows], 0))
    np.add.at(result[2], place, experience.first_return_at[rows] < asked[near])
    return result[0], result[1], result[2]
