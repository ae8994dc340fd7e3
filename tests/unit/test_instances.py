"""A problem written as open tables and read back gives the same plan in every row."""

from __future__ import annotations

import io
from dataclasses import fields, replace

import numpy as np
import polars as pl
import pytest

from pipelines.plan.instance_folder import read_instance, write_instance
from planning.errors import PlanningError
from planning.frepple_tables import frepple_tables
from planning.instances import InstanceNames, instance_from, instance_tables, names_of, result_tables
from planning.mrp import PlanningProblem, plan
from planning.mrp.codes import UNIT
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import read_world, world_of
from tests.unit.test_accelerator import assert_same
from tests.unit.test_mrp_golden import BEHAVIOURS, FOLDER
from tower.errors import BuildError


def through_text(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {
        name: pl.read_csv(io.BytesIO(frame.write_csv().encode()), infer_schema=False) for name, frame in tables.items()
    }


def assert_same_again(problem: PlanningProblem) -> None:
    again = instance_from(through_text(instance_tables(problem)))
    for column in fields(problem):
        if column.name != "calendars":
            assert_same(getattr(problem, column.name), getattr(again, column.name), column.name)
    assert np.array_equal(problem.calendars.is_working, again.calendars.is_working)
    found, planned = plan(problem), plan(again)
    assert_same(replace(found, problem=planned.problem, given=planned.given), planned)


@pytest.mark.parametrize("seed", range(12))
def test_a_random_plant_comes_back_as_it_was(seed: int) -> None:
    assert_same_again(world_of(random_plant(seed, 30, 60, fences=True, calendars=seed % 2 == 0)).problem)


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_every_behaviour_comes_back_as_it_was(behaviour: str) -> None:
    assert_same_again(read_world(FOLDER / behaviour).problem)


def test_names_that_look_like_numbers_stay_names() -> None:
    problem = world_of(random_plant(3, 4)).problem
    tables = through_text(instance_tables(problem, InstanceNames(items=("001", "01", "1", "1.0"))))
    assert tables["items"]["item_id"].to_list() == ["001", "01", "1", "1.0"]
    assert np.array_equal(instance_from(tables).demands.node, problem.demands.node)


def test_the_result_adds_up_by_item_and_week() -> None:
    problem = world_of(random_plant(5, 30, 60)).problem
    found = plan(problem)
    tables = result_tables(problem, found)
    assert tables["planned_orders"].height == found.orders.count
    assert tables["planned_by_week"]["orders"].sum() == found.orders.count
    for frame in tables.values():
        assert round(frame["quantity"].sum() * UNIT) == found.orders.quantity.sum()
    assert (tables["planned_by_week"]["week"].dt.weekday() == 1).all()


def test_frepple_gets_what_its_model_holds() -> None:
    problem = read_world(FOLDER / "four_levels").problem
    found = plan(problem)
    tables = frepple_tables(problem, found, names_of(problem, InstanceNames()))
    assert tables["demand"]["quantity"].sum() * UNIT == problem.demands.quantity.sum()
    assert tables["operationmaterial"].height == problem.lines.count
    assert (tables["operationmaterial"]["quantity"] < 0).all()
    assert tables["buffer"]["onhand"].sum() * UNIT == problem.stock.quantity.sum()


def test_a_folder_is_written_and_read_and_nothing_else_overwritten(tmp_path) -> None:  # type: ignore[no-untyped-def]
    problem = world_of(random_plant(7, 20, calendars=True)).problem
    found = plan(problem)
    folder = tmp_path / "instance"
    assert write_instance(folder, problem, found, InstanceNames()) > 25
    assert "first day of the plan" in (folder / "README.md").read_text("utf-8")
    assert_same(plan(read_instance(folder)).orders, found.orders)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear")
    with pytest.raises(BuildError, match="something else"):
        write_instance(tmp_path / "letters", problem, found, InstanceNames())
    with pytest.raises(BuildError, match=r"has no .*\.csv"):
        read_instance(tmp_path / "letters")


def test_what_is_missing_or_unknown_is_named() -> None:
    tables = instance_tables(world_of(random_plant(1, 5)).problem)
    with pytest.raises(PlanningError, match="no table stock"):
        instance_from({name: frame for name, frame in tables.items() if name != "stock"})
    wrong = tables["demands"].with_columns(item_id=pl.lit("nobody"))
    with pytest.raises(PlanningError, match="'nobody'"):
        instance_from({**tables, "demands": wrong})
    double = tables["nodes"].with_columns(item_id=pl.lit(tables["items"]["item_id"][0]))
    with pytest.raises(PlanningError, match=r"no such node|same item"):
        instance_from({**tables, "nodes": double})
