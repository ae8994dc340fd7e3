"""The benchmarks of the forecast measure what they say: ratios of sums, served quantities, stock at equal fill rate."""

from __future__ import annotations

import copy
from datetime import date

import numpy as np
import polars as pl
import pytest

from forecasting.company.backtest import FINAL
from pipelines.demo.company.build import build_company
from pipelines.demo.scale import SCALES
from pipelines.demo.simulation import Simulation
from tests.benchmarks import forecast_demo, forecast_lived


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    found = Simulation(build_company(3, SCALES["tiny"], date(2025, 9, 1)), incidents=())
    found.run(40)
    return found


def _nodes(simulation: Simulation) -> np.ndarray:
    return np.flatnonzero(simulation.world.policy.safety_stock > 0)


def test_wape_is_a_ratio_of_sums_over_seeds() -> None:
    sums = pl.DataFrame(
        {
            "seed": [1, 2, 1, 2], "stage": [FINAL, FINAL, "naive", "naive"], "lag": [1, 1, 1, 1],
            "absolute_error": [10.0, 30.0, 20.0, 60.0], "error": [-4.0, 0.0, 0.0, 0.0],
            "actual": [100.0, 300.0, 100.0, 300.0],
        }
    )  # fmt: skip
    assert forecast_demo.wape(sums, FINAL, 1) == pytest.approx(0.1)
    assert forecast_demo.bias(sums, FINAL, 0) == pytest.approx(-0.01)
    # Half the error in each seed: whichever seeds are drawn, it is half.
    assert forecast_demo.ratio(sums, FINAL, "naive", 1) == pytest.approx((0.5, 0.5, 0.5))


def test_seeds_are_read_as_a_range_or_a_list() -> None:
    assert forecast_demo.seeds_of("1-3") == [1, 2, 3]
    assert forecast_demo.seeds_of("4,9") == [4, 9]


def test_stock_is_read_between_the_points_of_the_curve() -> None:
    found = forecast_lived.stock_for(np.array([0.8, 0.9]), np.array([100.0, 200.0]), np.array([0.85, 0.95, 0.7]))
    assert found == pytest.approx([150.0, np.inf, 100.0])


def test_the_same_safety_stocks_are_the_same_life(simulation: Simulation) -> None:
    nodes = _nodes(simulation)
    other = copy.deepcopy(simulation)
    forecast_lived.decide(other.world, nodes, simulation.world.policy.safety_stock[nodes])
    usual = copy.deepcopy(simulation)
    for each in (other, usual):
        each.run(simulation.world.day + 10)
    assert np.array_equal(other.world.stock.quantity, usual.world.stock.quantity)
    assert simulation.world.day == 40


def test_reorder_points_move_with_the_safety_stock(simulation: Simulation) -> None:
    world = copy.deepcopy(simulation).world
    nodes, before = _nodes(simulation), simulation.world.policy
    forecast_lived.decide(world, nodes, before.safety_stock[nodes] + 7)
    pointed = nodes[before.reorder_point[nodes] > 0]
    assert pointed.size
    assert np.array_equal(world.policy.reorder_point[pointed], before.reorder_point[pointed] + 7)
    others = np.setdiff1d(np.arange(before.item.size), nodes)
    assert np.array_equal(world.policy.safety_stock[others], before.safety_stock[others])


def test_what_was_served_agrees_with_a_plain_count(simulation: Simulation) -> None:
    world, nodes = simulation.world, _nodes(simulation)
    found = forecast_lived.served(world, nodes, 5, 35, (0.0, 0.0))
    lines, deliveries, sent = world.documents.sales_lines, world.documents.deliveries, world.documents.delivery_lines
    asked = filled = 0.0
    for line in range(lines.count):
        due = int(lines["ship_by_day"][line])
        node = int(world.lookup.node_at[lines["item"][line], lines["place"][line]])
        if node not in set(nodes.tolist()) or lines["ordered_day"][line] <= 5 or due > 35:
            continue
        wanted = lines["quantity"][line] - (lines["cancelled"][line] if lines["cancelled_at"][line] < due + 1 else 0.0)
        rows = [row for row in range(sent.count) if sent["sales_line"][row] == line]
        in_time = sum(
            sent["quantity"][row] for row in rows if int(deliveries["shipped_at"][sent["delivery"][row]]) <= due
        )
        asked, filled = asked + wanted, filled + min(in_time, wanted)
    assert (found.asked, found.filled) == pytest.approx((asked, filled))
    assert 0 < filled < asked
