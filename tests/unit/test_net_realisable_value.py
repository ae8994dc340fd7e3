"""Lower of cost and net realisable value, by known vectors worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from planning.errors import PlanningError
from planning.stock_value.net_realisable_value import Lines, NetRealisableValues, ValuedItems, net_realisable_values

NONE = float("nan")
PRODUCT, MATERIAL, OTHER, PART = range(4)


def lines(*rows: tuple[int, int, float]) -> Lines:
    parent, component, quantity = zip(*rows, strict=True) if rows else ((), (), ())
    return Lines(np.array(parent, np.int64), np.array(component, np.int64), np.array(quantity, np.float64))


def walked(
    cost: list[float], price: list[float], sold: list[float], bills: Lines, uses: Lines, rate: float = 0.0
) -> NetRealisableValues:
    items = ValuedItems(np.array(cost), np.array(price), np.array(sold))
    return net_realisable_values(items, bills, uses, cost_to_sell_rate=rate)


# A product of 2 units of material at 30 and 40 of conversion: it costs 100.
BILL = lines((PRODUCT, MATERIAL, 2.0))


def test_a_material_is_not_written_down_while_its_product_is_sold_at_cost() -> None:
    found = walked([100.0, 30.0], [100.0, NONE], [10.0, 0.0], BILL, lines((PRODUCT, MATERIAL, 20.0)))
    assert found.conversion_cost[PRODUCT] == 40.0
    assert found.recoverable_rate.tolist() == [1.0, 1.0]


def test_a_material_takes_what_its_product_brings_after_the_costs_to_complete_it() -> None:
    # Sold at 90, less 40 to complete: 50 are left for materials that cost 60, 25 for a unit that cost 30.
    found = walked([100.0, 30.0], [90.0, NONE], [10.0, 0.0], BILL, lines((PRODUCT, MATERIAL, 20.0)))
    assert found.recoverable_rate.tolist() == pytest.approx([0.9, 50 / 60])
    assert 30.0 * found.recoverable_rate[MATERIAL] == pytest.approx(25.0)


def test_costs_to_sell_come_off_the_price() -> None:
    # 110 less 10 % are 99: one below cost, so 59 of 60 are left for the materials.
    found = walked([100.0, 30.0], [110.0, NONE], [10.0, 0.0], BILL, lines((PRODUCT, MATERIAL, 20.0)), rate=0.1)
    assert found.own_value[PRODUCT] == pytest.approx(99.0)
    assert found.recoverable_rate[MATERIAL] == pytest.approx(59 / 60)


def test_a_product_that_costs_more_to_complete_than_it_brings_leaves_nothing() -> None:
    found = walked([100.0, 30.0], [35.0, NONE], [10.0, 0.0], BILL, lines((PRODUCT, MATERIAL, 20.0)))
    assert found.recoverable_rate[MATERIAL] == 0.0


def test_a_product_that_earns_does_not_make_up_for_one_that_loses() -> None:
    # One product brings 50 of 60, the other earns: three quarters of the material go into the one that earns.
    bills = lines((PRODUCT, MATERIAL, 2.0), (OTHER, MATERIAL, 2.0))
    uses = lines((PRODUCT, MATERIAL, 20.0), (OTHER, MATERIAL, 60.0))
    found = walked([100.0, 30.0, 100.0], [90.0, NONE, 500.0], [10.0, 0.0, 30.0], bills, uses)
    assert found.recoverable_rate[MATERIAL] == pytest.approx((20 * 50 / 60 + 60) / 80)


def test_two_levels_down_the_loss_is_that_of_the_product_after_both_conversions() -> None:
    # Product 200 = part 100 + 100 of conversion; part 100 = material 60 + 40. Sold at 180: 80 are left for the part,
    # and after its 40 another 40 for the material: two thirds.
    bills = lines((PRODUCT, PART, 1.0), (PART, MATERIAL, 1.0))
    uses = lines((PRODUCT, PART, 5.0), (PART, MATERIAL, 5.0))
    found = walked([200.0, 60.0, 1.0, 100.0], [180.0, NONE, NONE, NONE], [5.0, 0.0, 0.0, 0.0], bills, uses)
    assert found.recoverable_rate[[PART, MATERIAL]].tolist() == pytest.approx([0.8, 2 / 3])


def test_a_part_that_is_sold_and_built_in_is_worth_both() -> None:
    # 10 sold as they are at half their cost, 30 built into a product that earns.
    bills, uses = lines((PRODUCT, PART, 1.0)), lines((PRODUCT, PART, 30.0))
    found = walked([100.0, 1.0, 1.0, 50.0], [150.0, NONE, NONE, 25.0], [30.0, 0.0, 0.0, 10.0], bills, uses)
    assert found.recoverable_rate[PART] == pytest.approx((10 * 0.5 + 30) / 40)


def test_without_a_price_nothing_is_invented() -> None:
    found = walked([100.0, 30.0], [NONE, NONE], [10.0, 0.0], BILL, lines((PRODUCT, MATERIAL, 20.0)))
    assert np.isnan(found.own_value).all()
    assert np.isnan(found.recoverable_rate).all()
    assert found.known_rate.tolist() == [0.0, 0.0]


def test_a_use_without_a_price_is_left_out_and_said() -> None:
    bills = lines((PRODUCT, MATERIAL, 2.0), (OTHER, MATERIAL, 2.0))
    uses = lines((PRODUCT, MATERIAL, 20.0), (OTHER, MATERIAL, 60.0))
    found = walked([100.0, 30.0, 100.0], [90.0, NONE, NONE], [10.0, 0.0, 30.0], bills, uses)
    assert found.recoverable_rate[MATERIAL] == pytest.approx(50 / 60)
    assert found.known_rate[MATERIAL] == pytest.approx(0.25)


def test_what_nobody_plans_to_use_is_worth_what_it_sells_for() -> None:
    found = walked([100.0, 30.0], [NONE, 24.0], [0.0, 0.0], BILL, lines())
    assert found.recoverable_rate[MATERIAL] == pytest.approx(0.8)
    assert found.use_quantity.tolist() == [0.0, 0.0]


def test_items_that_contain_each_other_are_left_out_of_one_another() -> None:
    found = walked(
        [100.0, 30.0], [90.0, 60.0], [1.0, 1.0], lines((0, 1, 1.0), (1, 0, 1.0)), lines((0, 1, 5.0), (1, 0, 5.0))
    )
    assert found.recoverable_rate.tolist() == pytest.approx([0.9, 1.0])


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_a_rate_that_makes_no_sense_is_refused(rate: float) -> None:
    with pytest.raises(PlanningError, match="at least 0 and below 1"):
        walked([1.0], [1.0], [1.0], lines(), lines(), rate)


def test_by_products_are_refused() -> None:
    with pytest.raises(PlanningError, match="leave by-products out"):
        walked([1.0, 1.0], [1.0, 1.0], [1.0, 1.0], lines((0, 1, -1.0)), lines())
