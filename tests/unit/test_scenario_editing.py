"""A change file taken apart and put together again, and what a form and a slider know of each kind of change."""

from __future__ import annotations

import pytest

from planning.scenarios.document import read_scenario
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.kinds import KINDS
from planning.scenarios.problems import ScenarioError
from tests.unit.plan_rows import AS_OF, rows
from tests.unit.scenario_plant import TABLES, scenario
from tower.scenarios.base import PlanningBase, base_of_inputs
from tower.scenarios.change_file import moved, new_file, own_part, renamed, standing_alone, with_changes, without
from tower.scenarios.form import choices, form_fields, made, slider_of, with_figure
from tower.scenarios.run import is_better, ran

TEXT = """scenario: 1
name: slow
title: V takes longer
on: more
changes:
  - {kind: demand_factor, factor: 1.5}
  - {kind: lead_time, supplier: V, set: 90}
"""
MORE = "scenario: 1\nname: more\nchanges:\n  - {kind: demand_factor, factor: 1.2}\n"


def example(kind: str) -> object:
    return read_scenario(f"scenario: 1\nname: x\nchanges:\n  - {KINDS[kind].EXAMPLE}\n").changes[0]


@pytest.fixture(scope="module")
def base() -> PlanningBase:
    return base_of_inputs(ScenarioInputs(rows(**TABLES), AS_OF).to_bytes())


def test_a_file_says_its_own_changes_and_what_it_stands_on() -> None:
    own = own_part(TEXT)
    assert (own.name, own.title, own.on) == ("slow", "V takes longer", "more")
    assert [one.KIND for one in own.changes] == ["demand_factor", "lead_time"]


def test_other_changes_leave_name_title_and_what_it_stands_on() -> None:
    text = with_changes(TEXT, without(own_part(TEXT).changes, 0))
    assert (
        text
        == "scenario: 1\nname: slow\ntitle: V takes longer\n'on': more\nchanges:\n  - {kind: lead_time, supplier: V, set: 90}\n"
    )


def test_changes_are_brought_up_and_down_and_stop_at_the_ends() -> None:
    changes = own_part(TEXT).changes
    assert [one.KIND for one in moved(changes, 1, -1)] == ["lead_time", "demand_factor"]
    assert moved(changes, 0, -1) == changes
    assert moved(changes, 1, 1) == changes


def test_a_stacked_scenario_is_written_as_one_file_that_stands_alone() -> None:
    whole = read_scenario(TEXT, {"more": MORE}.__getitem__)
    alone = read_scenario(standing_alone(whole))
    assert alone.on == ""
    assert alone.changes == whole.changes
    assert len(alone.changes) == 3


def test_a_copy_bears_its_own_name() -> None:
    assert own_part(renamed(TEXT, "copy")).name == "copy"
    assert own_part(renamed(TEXT, "copy")).on == "more"
    assert own_part(new_file("empty", on="more")).changes == ()


def test_a_file_with_mistakes_is_refused_with_its_lines() -> None:
    with pytest.raises(ScenarioError) as refused:
        own_part(TEXT.replace("factor: 1.5", "factor: much"))
    assert [problem.line for problem in refused.value.problems] == [6]


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_of_a_kind_has_its_fields_and_what_must_be_given_first(kind: str) -> None:
    found = form_fields(kind)
    must = [one.is_required for one in found]
    assert must == sorted(must, reverse=True)
    assert all(one.form in ("name", "number", "whole", "day", "choice") for one in found)
    assert all(one.words for one in found if one.form == "choice")


@pytest.mark.parametrize("kind", KINDS)
def test_every_position_of_a_slider_can_be_written_and_read_again(kind: str) -> None:
    change = example(kind)
    slider = slider_of(change)  # type: ignore[arg-type]
    if slider is None:
        return
    assert slider.low <= getattr(change, slider.column) <= slider.high
    for value in (slider.low, slider.low + slider.step, slider.high):
        slid = with_figure(change, slider, value)  # type: ignore[arg-type]
        assert own_part(new_file("x", changes=(slid,))).changes == (slid,)


def test_a_form_offers_what_is_planned_with_its_names(base: PlanningBase) -> None:
    assert list(choices(base, "suppliers", "en")) == sorted(base.plan.directory.suppliers)
    assert set(choices(base, "items", "zh")) == set(base.plan.directory.item)
    for what in ("families", "places", "customers", "work_centres", "open_orders", "sales_lines"):
        assert isinstance(choices(base, what, "en"), dict)


def test_what_a_form_leaves_empty_is_left_out() -> None:
    change = made("lead_time", {"supplier": ["V"], "set": 90, "factor": None, "item": [], "supply": ""})
    assert change == own_part(TEXT).changes[1]


def test_a_run_has_the_engines_figures_and_says_what_is_better(base: PlanningBase) -> None:
    one = ran(base, scenario("kind: lead_time, supplier: V, set: 90", name="slow"))
    assert one.figures["late_lines"] == 1
    assert base.figures["late_lines"] == 0
    assert is_better("late_lines", 1.0) is False
    assert is_better("on_time_share", 0.1) is True
    assert is_better("purchases", 1.0) is None
    assert is_better("late_lines", 0.0) is None
