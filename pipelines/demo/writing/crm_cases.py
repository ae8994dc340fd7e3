"""Service cases: complaints about late deliveries, vehicles that fail months later, questions, and goods sent back.

Each case hangs on a document and has its number; whether and when it comes is luck keyed by its customer, item and day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.arrays import ordinals
from pipelines.demo.documents import RETURN_REASONS
from pipelines.demo.world import World
from pipelines.demo.writing.columns import CASE, coded, instants, numbered
from pipelines.demo.writing.crm_experience import Codes, Experience, Floats
from pipelines.demo.writing.customers import customer_ids, customer_keys
from pipelines.demo.writing.sales import sales_line_ids

CASE_TYPES = ("complaint", "warranty", "repair", "question", "return_request")
COMPLAINT, FAILURE, REPAIR, QUESTION, RETURN_REQUEST = range(5)
SEVERITIES = ("low", "medium", "high")
LOW, MEDIUM, HIGH = range(3)
# What a case hangs on, as the letter in its number.
LETTERS = "CWWQR"
# Chance to complain for each day beyond the first late one: business customers, consumers.
COMPLAINS_PER_DAY = (0.05, 0.03)
QUESTION_RATE = 0.03
# Failures of a piece in its life, by family; spare parts and whatever else fails rarely.
FAILURE_RATE = {
    "City e-bikes": 0.022,
    "Trekking e-bikes": 0.022,
    "Cargo e-bikes": 0.035,
    "Folding e-bikes": 0.025,
    "Scooters": 0.04,
    "Drive units": 0.012,
}
OTHER_FAILURE_RATE = 0.002
FAILS_AFTER_DAYS, FAILS_MEAN_DAYS, SOLD_ON_DAYS = 15, 170.0, 40
PAID_REPAIR_SHARE = 0.25
# Mean hours until the first answer by severity, and days from there to the solution by type.
ANSWER_HOURS = np.array([20.0, 9.0, 4.0])
SOLUTION_DAYS = np.array([3.0, 9.0, 12.0, 1.0, 5.0])


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases of one kind of document; `cost` in CNY is known when the case is resolved (which may lie in the future)."""

    ids: pl.Series
    document: Codes
    """Row of what the case hangs on."""
    kind: Codes
    customer: Codes
    opened_at: Floats
    severity: Codes
    sales_line: Codes
    answered_at: Floats
    resolved_at: Floats
    cost: Floats


def case_table(world: World, cases: Cases) -> pl.DataFrame:
    """service_cases, without what happens after the last day."""
    company, lines, last = world.company, world.documents.sales_lines, world.day
    resolved = cases.resolved_at < last + 1
    return pl.DataFrame(
        {
            "case_id": cases.ids,
            "customer_id": customer_ids(world, cases.customer),
            "opened_at": instants(company.start_date, cases.opened_at, last),
            "case_type": coded(CASE_TYPES, cases.kind),
            "severity": coded(SEVERITIES, cases.severity),
            "item_id": coded(company.items.ids, lines["item"][cases.sales_line]),
            "sales_order_line_id": sales_line_ids(world, cases.sales_line),
            "first_response_at": instants(company.start_date, cases.answered_at, last),
            "resolved_at": instants(company.start_date, cases.resolved_at, last),
            "cost_value": pl.Series(np.where(resolved, cases.cost, np.nan)).fill_nan(None),
        }
    )


def case_costs(world: World, experience: Experience, slice_rows: int) -> Codes:
    """CNY cents of the cases that were resolved on each day up to the last."""
    costs = np.zeros(world.day + 1, dtype=np.int64)
    for cases in service_cases(world, experience, slice_rows):
        known = np.flatnonzero(cases.resolved_at < world.day + 1)
        cents = np.rint(cases.cost[known] * 100.0).astype(np.int64)
        np.add.at(costs, np.floor(cases.resolved_at[known]).astype(np.int64), cents)
    return costs


def service_cases(world: World, experience: Experience, slice_rows: int) -> Iterator[Cases]:
    """Every case opened by the end of the last day, in pieces."""
    documents = world.documents
    for start, end in _ranges(documents.deliveries.count, slice_rows):
        yield complaints(world, experience, start, end)
    for start, end in _ranges(documents.delivery_lines.count, slice_rows):
        yield _failures(world, start, end)
    for start, end in _ranges(documents.sales_orders.count, slice_rows):
        yield _questions(world, start, end)
    for start, end in _ranges(documents.returns.count, slice_rows):
        yield _return_requests(world, start, end)


def _ranges(count: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, count, size):
        yield start, min(start + size, count)


def complaints(world: World, experience: Experience, start: int, end: int) -> Cases:
    """Complaints about some deliveries that came late."""
    deliveries = world.documents.deliveries.slice(start, end)
    customer = deliveries["customer"].astype(np.int64)
    late, arrived_day = experience.late_days[start:end], np.floor(deliveries["arrives_at"])
    keys = (customer_keys(world, customer), arrived_day.astype(np.int64))
    patience = np.where(customer < world.company.customers.count, *COMPLAINS_PER_DAY)
    complains = world.luck.chance(1.0 - np.exp(-patience * np.maximum(late - 1, 0)), "complains", *keys)
    opened_at = arrived_day + 1 + world.luck.integers(2, "complains after", *keys) + _hour(world, "complains at", *keys)
    rows = np.flatnonzero(complains & (opened_at < world.day + 1))
    line = experience.line[start:end][rows]
    severity = np.where(late[rows] > 10, HIGH, np.where(late[rows] > 4, MEDIUM, LOW))
    spread = world.luck.lognormal(0.5, "goodwill", keys[0][rows], keys[1][rows])
    cost = (30.0 + 0.01 * _line_value(world, line)) * spread
    ids = numbered(f"{CASE}{LETTERS[COMPLAINT]}", start + rows)
    return _worked_on(world, ids, start + rows, COMPLAINT, line, opened_at[rows], severity, cost)


def _failures(world: World, start: int, end: int) -> Cases:
    """Vehicles and parts that fail some months after they arrived, each piece for itself."""
    company, luck, documents = world.company, world.luck, world.documents
    lines = documents.delivery_lines.slice(start, end)
    sales_line, item = lines["sales_line"].astype(np.int64), lines["item"].astype(np.int64)
    delivery, customer = lines["delivery"], documents.sales_lines["customer"][sales_line].astype(np.int64)
    shipped_day = np.floor(documents.deliveries["shipped_at"][delivery]).astype(np.int64)
    key = customer_keys(world, customer)
    rates = np.array([FAILURE_RATE.get(name, OTHER_FAILURE_RATE) for name in company.families])
    rate = np.where(company.items.family[item] >= 0, rates[company.items.family[item]], OTHER_FAILURE_RATE)
    count = luck.poisson(rate * lines["quantity"], "failures", key, item, shipped_day)
    row = np.repeat(np.arange(count.size), count)
    number = ordinals(row)
    keys = (key[row], item[row], shipped_day[row], number)
    is_trade = company.customers.kind[np.minimum(customer, company.customers.count - 1)] == 0
    is_trade &= customer < company.customers.count
    used_from = np.floor(documents.deliveries["arrives_at"][delivery]) + np.where(is_trade, SOLD_ON_DAYS, 0)
    after = FAILS_AFTER_DAYS + luck.exponential(FAILS_MEAN_DAYS, "fails after", *keys)
    opened_at = used_from[row] + np.floor(after) + _hour(world, "failure reported at", *keys)
    is_repair = luck.chance(PAID_REPAIR_SHARE, "out of warranty", *keys)
    severity = luck.choice(np.array([0.25, 0.8, 1.0]), "severity", *keys)
    cost = (25.0 + 0.07 * company.items.standard_cost[0][item[row]]) * luck.lognormal(0.6, "repair cost", *keys)
    known = np.flatnonzero(opened_at < world.day + 1)
    ids = pl.select(
        pl.concat_str(
            numbered(f"{CASE}{LETTERS[FAILURE]}", start + row[known]),
            pl.lit("-"),
            pl.Series(number[known] + 1).cast(pl.String),
        )
    ).to_series()
    kind = np.where(is_repair, REPAIR, FAILURE)[known]
    row, opened_at = row[known], opened_at[known]
    return _worked_on(world, ids, start + row, kind, sales_line[row], opened_at, severity[known], cost[known])


def _questions(world: World, start: int, end: int) -> Cases:
    """Questions about an order, some days after it was placed."""
    orders = world.documents.sales_orders.slice(start, end)
    key, ordered_day = customer_keys(world, orders["customer"]), np.floor(orders["ordered_at"]).astype(np.int64)
    after = 1 + world.luck.integers(6, "asks after", key, ordered_day)
    opened_at = ordered_day + after + _hour(world, "asks at", key, ordered_day)
    asks = world.luck.chance(QUESTION_RATE, "asks", key, ordered_day) & (opened_at < world.day + 1)
    rows = np.flatnonzero(asks)
    ids = numbered(f"{CASE}{LETTERS[QUESTION]}", start + rows)
    line, severity = orders["first_line"][rows].astype(np.int64), np.full(rows.size, LOW)
    return _worked_on(world, ids, start + rows, QUESTION, line, opened_at[rows], severity, np.zeros(rows.size))


def _return_requests(world: World, start: int, end: int) -> Cases:
    """Each return is asked for on the morning of its day."""
    returns = world.documents.returns.slice(start, end)
    rows = np.flatnonzero(returns["returned_at"] < world.day + 1)
    at = returns["returned_at"][rows]
    opened_at = np.floor(at) + 0.8 * (at - np.floor(at))
    severity = np.where(returns["reason"][rows] == RETURN_REASONS.index("changed_mind"), LOW, MEDIUM)
    line, cost = returns["sales_line"][rows].astype(np.int64), 15.0 + 0.02 * returns["cost_value"][rows]
    ids = numbered(f"{CASE}{LETTERS[RETURN_REQUEST]}", start + rows)
    return _worked_on(world, ids, start + rows, RETURN_REQUEST, line, opened_at, severity, cost)


def _worked_on(
    world: World,
    ids: pl.Series,
    document: Codes,
    kind: npt.ArrayLike,
    sales_line: Codes,
    opened_at: Floats,
    severity: Codes,
    cost: Floats,
) -> Cases:
    """When cases are answered and solved."""
    kinds = np.broadcast_to(np.asarray(kind, dtype=np.int64), opened_at.shape)
    customer = world.documents.sales_lines["customer"][sales_line].astype(np.int64)
    keys = (customer_keys(world, customer), np.floor(opened_at * 1440).astype(np.int64), kinds)
    answered_at = opened_at + ANSWER_HOURS[severity] / 24 * world.luck.lognormal(0.7, "case answered", *keys)
    resolved_at = answered_at + SOLUTION_DAYS[kinds] * world.luck.lognormal(0.8, "case solved", *keys)
    return Cases(
        ids, document, kinds, customer, opened_at, severity, sales_line, answered_at, resolved_at, np.round(cost, 2)
    )


def _line_value(world: World, sales_line: Codes) -> Floats:
    """Value of sales lines in CNY, about."""
    lines = world.documents.sales_lines
    price: Floats = world.company.items.list_price[lines["item"][sales_line]] * lines["quantity"][sales_line]
    return price


def _hour(world: World, stream: str, *keys: npt.ArrayLike) -> Floats:
    """A moment of the working day."""
    return 0.02 + 0.38 * world.luck.uniform(stream, *keys)
