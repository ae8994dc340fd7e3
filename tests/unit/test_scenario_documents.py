"""Change files: read with every mistake and its line, written so that reading gives the same, stacked on each other."""

from __future__ import annotations

import pytest
import yaml

from planning.errors import PlanningError
from planning.model.settings import PlanningSettings
from planning.scenarios.document import Scenario, read_scenario, written
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.kinds import KINDS, kind_rows
from planning.scenarios.problems import ScenarioError
from tests.unit.plan_rows import AS_OF, rows
from tests.unit.scenario_plant import TABLES, base, scenario

MISTAKEN = """\
scenario: 2
nme: x
changes:
  - {kind: demand_fctor}
  - {kind: demand_factor, factor: much, frm: 2026-01-01}
  - {kind: rush_order, item: [A, B], date: 2026-13-01}
  - 3
  - {kind: demand_factor, factor: 2, customer: A, of: forecast, from: 2026-02-01, to: 2026-01-01}
  - {kind: lead_time, set: 3, add: 2}
"""


def problems(text: str, **more: object) -> list[tuple[int, str, str]]:
    with pytest.raises(ScenarioError) as error:
        read_scenario(text, **more)
    return [(one.line, one.place, one.sentence) for one in error.value.problems]


def test_every_mistake_is_said_at_once_with_its_line_and_place() -> None:
    assert problems(MISTAKEN) == [
        (2, "nme", "'nme' is no word of a change file. Did you mean name?"),
        (1, "scenario", "It is written for version '2'; this program reads version 1."),
        (1, "", "It has no name: write `name: …`."),
        (4, "changes[1].kind",
         "'demand_fctor' is no kind of change. Did you mean demand_factor or demand_shift or demand_add?"),
        (5, "changes[2].factor",
         "'much' cannot stand here. Write a number of at least 0 and of at most 1,000, such as 1.2."),
        (5, "changes[2].frm", "demand_factor has no 'frm'. Did you mean from?"),
        (6, "changes[3].date", "'2026-13-01' cannot stand here. Write a date as YYYY-MM-DD."),
        (6, "changes[3]", "rush_order needs `quantity`: a number above 0 and of at most 1,000,000,000."),
        (7, "changes[4]", "A change is `kind: …` with its fields."),
        (8, "changes[5]", "It ends on 2026-01-01, before it begins on 2026-02-01. Turn them round."),
        (8, "changes[5]", "A forecast has no customer: leave `customer` out, or say `of: orders`."),
        (9, "changes[6]", "Give exactly one of set, factor and add; set and add is given."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "42", "- a", "scenario: 1\nname: x\nchanges: {", "scenario: [1]\nname: x\nchanges: 3", "a: &a [*a]", "[" * 5000,
     "scenario: 1\nname: x\nchanges: [{kind: demand_factor, factor: 1, factor: 2}]", "\x00", "x" * 1_000_001,
     "scenario: 1\nname: x\nchanges: [{kind: cancel_demand, item: []}]",
     "scenario: 1\nname: x\nchanges: [{kind: demand_factor, factor: .nan}]"],
)  # fmt: skip
def test_nothing_unreadable_gets_through_and_nothing_breaks(text: str) -> None:
    assert problems(text)


def test_ids_are_what_stands_in_the_file() -> None:
    (change,) = scenario("kind: cancel_demand, order: [0012, NO, 1e3]").changes
    assert change.order == ("0012", "NO", "1e3")


@pytest.mark.parametrize("kind", KINDS.values())
def test_the_example_of_each_kind_is_read_and_written_and_read_the_same(kind: type) -> None:
    text = f"scenario: 1\nname: x\nchanges:\n  - {kind.EXAMPLE}\n"
    found = read_scenario(text)
    assert isinstance(found.changes[0], kind)
    assert read_scenario(written(found)) == found
    assert yaml.safe_load(written(found))["changes"][0]["kind"] == kind.KIND
    english, chinese = found.described("en")[0], found.described("zh")[0]
    assert english.isascii() or "×" in english or "−" in english
    assert any("一" <= letter <= "鿿" for letter in chinese)


def test_every_kind_says_itself_in_both_languages_and_names_its_fields() -> None:
    found = {row["kind"]: row for row in kind_rows()}
    assert list(found) == list(KINDS)
    assert found["rush_order"]["fields"].split()[3:6] == ["quantity", "date", "[customer]"]
    assert all(row["says"] and row["says_zh"] for row in found.values())


def test_a_scenario_stands_on_another_which_comes_first() -> None:
    files = {
        "low.yaml": "scenario: 1\nname: low\nchanges: [{kind: demand_factor, factor: 0.5}]",
        "high.yaml": "scenario: 1\nname: high\non: low.yaml\nchanges: [{kind: safety_stock, set: 7}]",
    }
    found = read_scenario(files["high.yaml"], files.__getitem__, "high.yaml")
    assert [change.KIND for change in found.changes] == ["demand_factor", "safety_stock"]
    assert (found.name, found.places) == ("high", (("low.yaml", 1, 3), ("high.yaml", 1, 4)))


def test_mistakes_below_are_named_with_their_file_and_a_circle_is_seen() -> None:
    files = {"a": "scenario: 1\nname: a\non: b\nchanges: []", "b": "scenario: 1\nname: b\non: a\nchanges: [{kind: no}]"}
    with pytest.raises(ScenarioError) as error:
        read_scenario(files["a"], files.__getitem__, "a")
    assert "b, line 4, changes[1].kind: 'no' is no kind of change." in str(error.value)
    assert "b, line 3, on: a → b → a stands on itself." in str(error.value)
    assert problems(files["a"], read={}.__getitem__)[0][2] == "There is no scenario 'b' to stack it on."
    assert problems(files["a"])[0][2] == "It is stacked on 'b', which cannot be read here."


def refused(*changes: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        base().draft(scenario(*changes))
    return [str(one) for one in error.value.problems]


def test_names_that_the_plan_does_not_know_are_said_all_at_once_with_the_nearest() -> None:
    assert refused(
        "kind: demand_factor, family: Bike, factor: 2",
        "kind: supplier_delay, supplier: VV, days: 3",
        "kind: cancel_demand, order: S2",
        "kind: working_hours, work_centre: ASN, add: 1",
        "kind: new_transfer, item: A, location: PL, source_location: P9, lead_time_days: 1",
        "kind: demand_factor, customer: K1, item: A, factor: 2",
    ) == [
        "line 4, changes[1].family: demand_factor: No family 'Bike' is known as a category or family of items."
        " Did you mean Bikes?",
        "line 5, changes[2].supplier: supplier_delay: No supplier 'VV' is known. Did you mean V?",
        "line 6, changes[3].order: cancel_demand: No sales order line 'S2' is open. Did you mean S1?",
        "line 7, changes[4].work_centre: working_hours: No work centre 'ASN' is known. Did you mean ASM?",
        "line 8, changes[5].source_location: new_transfer: A is not planned at 'P9' beside PL.",
        "line 9, changes[6]: demand_factor: There is no demand that it speaks of. Widen the dates, items or customers.",
    ]


def test_a_planned_order_is_firmed_once() -> None:
    found = refused("kind: firm_planned_order, item: P", "kind: move_planned_order, item: P, days: 3")
    assert found == [
        "line 5, changes[2]: move_planned_order: The base plans no such order, or an earlier change has firmed it already."
    ]


def test_inputs_are_kept_in_the_same_bytes_and_give_the_same_plan() -> None:
    kept = ScenarioInputs(rows(**TABLES), AS_OF)
    content = kept.to_bytes()
    assert content == ScenarioInputs(rows(**TABLES), AS_OF).to_bytes()
    back = ScenarioInputs.from_bytes(content)
    assert (back.to_bytes(), back.as_of, back.fingerprint()) == (content, AS_OF, kept.fingerprint())
    assert back.planned().plan.orders.quantity.tolist() == base().planned.plan.orders.quantity.tolist()


def test_the_settings_of_the_company_are_kept_with_the_inputs() -> None:
    decided = PlanningSettings(
        usable_stock=("unrestricted", "inspection"), scrap_formula="multiply", forecast_window_days=9, least_value=0.1
    )
    tables = {**TABLES, "stock": [{"item_id": "P", "quantity": 10.0, "stock_status": "inspection"}]}
    kept = ScenarioInputs(rows(**tables), AS_OF, decided)
    back = ScenarioInputs.from_bytes(kept.to_bytes())
    assert (back.settings, back.to_bytes()) == (decided, kept.to_bytes())
    assert back.fingerprint() != ScenarioInputs(rows(**tables), AS_OF).fingerprint()
    assert back.planned().plan.orders.count == 0
    assert ScenarioInputs(rows(**tables), AS_OF).planned().plan.orders.count > 0


def test_what_are_no_inputs_is_said() -> None:
    content = ScenarioInputs(rows(**TABLES), AS_OF).to_bytes()
    for wrong in (b"", b"PK", content[:5000], content.replace(b'"version": 2', b'"version": 9')):
        with pytest.raises(PlanningError):
            ScenarioInputs.from_bytes(wrong)


def test_an_empty_scenario_reads_and_writes() -> None:
    assert read_scenario(written(Scenario("nothing"))) == Scenario("nothing")
