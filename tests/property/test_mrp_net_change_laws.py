"""Laws of net change on random plants with random journals: it gives what regeneration gives, to the last bit."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.mrp import Baseline, Journal, Plan, PlanningProblem, plan, replanned
from planning.mrp.codes import FAR, UNIT, LotRule, Strategy, SupplyKind
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import world_of
from tests.property.test_mrp_laws import everything_at_once

SEEDS = st.integers(0, 100_000)


def differences(one: object, other: object, name: str = "plan") -> list[str]:
    """Names of the columns in which two plans are not the same bits."""
    if isinstance(one, np.ndarray):
        same = one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        return [] if same else [name]
    if is_dataclass(one):
        return [
            found
            for column in fields(one)
            for found in differences(getattr(one, column.name), getattr(other, column.name), f"{name}.{column.name}")
        ]
    return [] if one == other else [name]


def plain_plant(seed: int) -> PlanningProblem:
    return world_of(
        random_plant(seed, 8 + seed % 25, fences=seed % 2 == 1, calendars=seed % 3 == 2, forecasts=True, offsets=True)
    ).problem


def full_plant(seed: int) -> PlanningProblem:
    return everything_at_once(seed).problem


def random_journal(problem: PlanningProblem, seed: int, steps: int = 3) -> Journal:
    """A few steps on rows of any table, any kind of change."""
    random = np.random.default_rng(seed)
    journal = Journal()
    nodes, sources = problem.nodes.count, problem.sources.count

    def some(count: int) -> np.ndarray:
        return random.integers(0, count, random.integers(1, 4)) if count else np.zeros(0, np.int64)

    def units(most: int) -> int:
        return int(random.integers(0, most)) * UNIT

    def day() -> int:
        return int(random.integers(-3, 45))

    def node() -> int:
        return int(random.integers(nodes))

    changes = [
        lambda: journal.replaced("demands", some(problem.demands.count), quantity=units(80)),
        lambda: journal.replaced("demands", some(problem.demands.count), day=day()),
        lambda: journal.replaced("demands", some(problem.demands.count), node=node(), priority=3),
        lambda: journal.removed("demands", some(problem.demands.count)),
        lambda: journal.added("demands", 2, node=[node(), node()], day=[day(), day()], quantity=units(50)),
        lambda: journal.added("demands", 1, node=node(), day=day(), quantity=units(50), tracking=7),
        lambda: journal.replaced("forecasts", some(problem.forecasts.count), quantity=units(60)),
        lambda: journal.replaced("forecasts", some(problem.forecasts.count), period=int(random.integers(-1, 3))),
        lambda: journal.added("forecasts", 1, node=node(), day=day(), quantity=units(50)),
        lambda: journal.removed("forecasts", some(problem.forecasts.count)),
        lambda: journal.replaced("stock", some(problem.stock.count), quantity=units(60)),
        lambda: journal.removed("stock", some(problem.stock.count)),
        lambda: journal.added("stock", 1, node=node(), quantity=units(40), expiry_day=int(random.choice([FAR, 12]))),
        lambda: journal.replaced("stock", some(problem.stock.count), expiry_day=int(random.choice([FAR, 9]))),
        lambda: journal.replaced("open_supply", some(problem.open_supply.count), day=day()),
        lambda: journal.replaced("open_supply", some(problem.open_supply.count), is_firm=False),
        lambda: journal.replaced("open_supply", some(problem.open_supply.count), quantity=units(50), start_day=day()),
        lambda: journal.removed("open_supply", some(problem.open_supply.count)),
        lambda: journal.added(
            "open_supply", 1, node=node(), day=day(), quantity=units(50), kind=SupplyKind.PRODUCTION,
            source=int(random.integers(-1, sources)), start_day=day(),
        ),
        lambda: journal.replaced("nodes", some(nodes), safety_stock=units(30)),
        lambda: journal.replaced("nodes", some(nodes), lot_rule=int(random.choice(list(LotRule))), periods_of_supply=0),
        lambda: journal.replaced("nodes", some(nodes), ordering_cost=50.0, holding_cost=0.5),
        lambda: journal.replaced("nodes", some(nodes), strategy=int(random.choice(list(Strategy)))),
        lambda: journal.replaced("nodes", some(nodes), is_phantom=bool(random.integers(2))),
        lambda: journal.replaced("nodes", some(nodes), yield_rate=float(random.choice([0.5, 1.0, 3.0]))),
        lambda: journal.replaced("nodes", some(nodes), frozen_fence_days=int(random.integers(-1, 9))),
        lambda: journal.replaced("nodes", some(nodes), days_of_cover=int(random.integers(-1, 9))),
        lambda: journal.replaced("nodes", some(nodes), has_policy=False),
        lambda: journal.replaced("sources", some(sources), lead_time_days=int(random.integers(-1, 9))),
        lambda: journal.replaced("sources", some(sources), valid_to=day(), priority=2, share=0.4),
        lambda: journal.replaced("sources", some(sources), closed_from=day(), closed_to=day() + 10),
        lambda: journal.added("sources", 1, node=node(), kind=1, lead_time_days=3),
        lambda: journal.replaced("lines", some(problem.lines.count), quantity=float(random.choice([0.0, 2.0, -1.0]))),
        lambda: journal.replaced("lines", some(problem.lines.count), valid_from=day()),
        lambda: journal.replaced("lines", some(problem.lines.count), offset_days=2, scrap_rate=0.1),
        lambda: journal.replaced("lines", some(problem.lines.count), component=node()),
        lambda: journal.removed("lines", some(problem.lines.count)),
        lambda: journal.added("lines", 1, source=int(random.integers(sources)), component=node(), quantity=2.0),
        lambda: journal.added("safety_stock_steps", 1, node=node(), day=day(), quantity=units(20)),
        lambda: journal.removed("safety_stock_steps", some(problem.safety_stock_steps.count)[:1]),
        lambda: journal.replaced("safety_stock_steps", some(problem.safety_stock_steps.count)[:1], quantity=units(9)),
    ]  # fmt: skip
    removed_steps = False
    for choice in random.choice(len(changes), steps):
        # Rows behind a removed step move up, so that only one such change is made here.
        if choice >= len(changes) - 2:
            if removed_steps:
                continue
            removed_steps = True
        journal = changes[choice]()
    return journal


def check(problem: PlanningProblem, journal: Journal) -> None:
    base = plan(problem)
    kept = plan(problem)
    change = Baseline.of(base).changed(journal)
    expected = plan(journal.applied(problem))
    assert differences(change.plan, expected) == []
    # The base is as it was.
    assert differences(base, kept) == []
    gone = np.ones(base.orders.count, np.bool_)
    gone[change.removed] = False
    rest = as_rows(base, gone) + as_rows_of(change.added)
    assert sorted(rest) == sorted(as_rows_of(expected.orders))


def as_rows(found: Plan, chosen: np.ndarray) -> list[tuple[int, ...]]:
    return as_rows_of(found.orders.rows(chosen))


def as_rows_of(orders: object) -> list[tuple[int, ...]]:
    columns = [getattr(orders, column.name).tolist() for column in fields(orders) if column.name != "supply"]
    return list(zip(*columns, strict=True))


@given(SEEDS, SEEDS, st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_net_change_is_regeneration(plant: int, change: int, steps: int) -> None:
    problem = plain_plant(plant)
    check(problem, random_journal(problem, change, steps))


@given(SEEDS, SEEDS, st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_net_change_is_regeneration_with_everything_at_once(plant: int, change: int, steps: int) -> None:
    problem = full_plant(plant)
    check(problem, random_journal(problem, change, steps))


@pytest.mark.parametrize("seed", range(10))
def test_an_empty_journal_gives_the_identical_plan(seed: int) -> None:
    for problem in (plain_plant(seed), full_plant(seed)):
        base = plan(problem)
        change = Baseline.of(base).changed(Journal())
        assert differences(change.plan, base) == []
        assert change.removed.size == change.added.count == 0


@given(SEEDS, SEEDS)
@settings(max_examples=40, deadline=None)
def test_two_journals_on_top_of_each_other_are_one(plant: int, change: int) -> None:
    problem = full_plant(plant)
    base = plan(problem)
    first = random_journal(problem, change)
    between = replanned(base, first)
    second = random_journal(first.applied(problem), change + 1)
    assert differences(replanned(between, second), replanned(base, first.then(second))) == []


@given(SEEDS, SEEDS)
@settings(max_examples=40, deadline=None)
def test_a_change_and_its_opposite_give_the_base(plant: int, change: int) -> None:
    problem = plain_plant(plant)
    base = plan(problem)
    rows = np.unique(np.random.default_rng(change).integers(0, problem.demands.count, 3))
    there = Journal().replaced("demands", rows, quantity=33 * UNIT)
    back = there.replaced("demands", rows, quantity=problem.demands.quantity[rows])
    assert differences(replanned(base, back), base) == []
    assert (
        differences(
            replanned(
                replanned(base, there), Journal().replaced("demands", rows, quantity=problem.demands.quantity[rows])
            ),
            base,
        )
        == []
    )
