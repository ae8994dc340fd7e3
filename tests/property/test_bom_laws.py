"""Laws of the BOM explosion, against plain recursion."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.bom import BomExplosion, explode_boms

ITEMS = "ABCDEFG"
# Which component how often in which item: any graph, cycles included.
bills = st.dictionaries(st.tuples(st.sampled_from(ITEMS), st.sampled_from(ITEMS)), st.integers(1, 4), max_size=11)
# Only later letters are components of earlier ones: no cycles.
sound_bills = bills.map(lambda found: {key: value for key, value in found.items() if key[0] < key[1]})

Bills = dict[tuple[str, str], int]


def exploded(found: Bills) -> BomExplosion:
    parents = sorted({parent for parent, _ in found})
    boms = pl.DataFrame({"bom_id": parents, "item_id": parents}, schema={"bom_id": pl.String, "item_id": pl.String})
    lines = pl.DataFrame(
        [(parent, component, float(quantity)) for (parent, component), quantity in found.items()],
        schema={"bom_id": pl.String, "component_item_id": pl.String, "quantity": pl.Float64},
        orient="row",
    )
    nothing = {"valid_from_date": pl.lit(None, pl.Date), "valid_to_date": pl.lit(None, pl.Date)}
    return explode_boms(
        boms.with_columns(
            bom_type=pl.lit("make"), output_quantity=pl.lit(1.0), location_id=pl.lit(None, pl.String),
            priority=pl.lit(1), **nothing,
        ),
        lines.with_columns(
            is_fixed_quantity=pl.lit(False), scrap_rate=pl.lit(0.0), substitute_priority=pl.lit(None, pl.Int32),
            is_by_product=pl.lit(False), **nothing,
        ),
        date(2026, 6, 30),
    )  # fmt: skip


def walk(found: Bills, path: str, quantity: int) -> dict[str, int]:
    """Every path below an item by recursion, ending before it would return to an item on it."""
    rows = {}
    for (parent, component), each in found.items():
        if parent == path[-1] and component not in path:
            rows[path + component] = quantity * each
            rows |= walk(found, path + component, quantity * each)
    return rows


def reaches(found: Bills, start: str, goal: str) -> bool:
    seen: set[str] = set()
    ahead = [component for parent, component in found if parent == start]
    while ahead:
        item = ahead.pop()
        if item not in seen:
            seen.add(item)
            ahead += [component for parent, component in found if parent == item]
    return goal in seen


@settings(max_examples=200, deadline=None)
@given(bills)
def test_the_explosion_equals_plain_recursion(found: Bills) -> None:
    expected: dict[str, int] = {}
    for parent in {parent for parent, _ in found}:
        expected |= walk(found, parent, 1)
    rows = exploded(found).explosion.rows(named=True)
    assert {row["path"].replace(" → ", ""): row["quantity_per"] for row in rows} == expected
    assert len(rows) == len(expected)
    assert all(row["level"] == row["path"].count("→") for row in rows)


@settings(max_examples=200, deadline=None)
@given(sound_bills)
def test_low_level_codes_are_the_longest_way_from_the_top(found: Bills) -> None:
    longest = dict.fromkeys((item for pair in found for item in pair), 0)
    for parent in longest:
        for path in walk(found, parent, 1):
            longest[path[-1]] = max(longest[path[-1]], len(path) - 1)
    result = exploded(found)
    assert dict(result.low_level_codes.rows()) == longest
    assert result.cycles.height == 0


@settings(max_examples=200, deadline=None)
@given(bills)
def test_every_line_on_a_cycle_is_in_a_reported_cycle_and_no_other_line_is(found: Bills) -> None:
    on_cycle = {
        (parent, component) for parent, component in found if reaches(found, component, parent) or parent == component
    }
    reported = set()
    for path in exploded(found).cycles["path"]:
        items = path.split(" → ")
        assert items[0] == items[-1] == min(items)
        reported |= set(pairwise(items))
    assert reported == on_cycle


@settings(max_examples=100, deadline=None)
@given(bills)
def test_a_component_outside_of_its_parents_cycle_has_a_greater_code(found: Bills) -> None:
    codes = dict(exploded(found).low_level_codes.rows())
    for parent, component in found:
        if reaches(found, component, parent):
            assert codes[component] == codes[parent]
        else:
            assert codes[component] > codes[parent]


@settings(max_examples=100, deadline=None)
@given(sound_bills, st.integers(0, 6))
def test_needs_of_all_paths_add_up_to_level_by_level_requirements(found: Bills, top: int) -> None:
    """What MRP would compute for one piece: in low-level-code order, each item's need times its components."""
    result = exploded(found)
    codes = dict(result.low_level_codes.rows())
    need = dict.fromkeys(ITEMS, 0.0) | {ITEMS[top]: 1.0}
    for item in sorted(codes, key=lambda code: codes[code]):
        for (parent, component), quantity in found.items():
            if parent == item:
                need[component] += need[parent] * quantity
    rows = result.explosion.filter(pl.col("parent_item_id") == ITEMS[top])
    summed = rows.group_by("component_item_id").agg(pl.col("quantity_per").sum())
    assert dict(summed.rows()) == {
        item: pytest.approx(quantity) for item, quantity in need.items() if quantity and item != ITEMS[top]
    }
