"""Planted incidents: when they happen, whom they hit, what they change, and that they put it back."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.demo.company.build import build_company
from pipelines.demo.company.company import NEVER, Company
from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS
from pipelines.demo.incidents import Incidents
from pipelines.demo.incidents.contents import KINDS
from pipelines.demo.incidents.exposure import FLOOR_RATE, ExposureBook
from pipelines.demo.incidents.incidents import UnknownIncidentKind, without
from pipelines.demo.incidents.kind import Incident, PlannedIncident
from pipelines.demo.incidents.schedule import THREE_YEARS, cycle_of, first_day_of, plan_cycle
from pipelines.demo.incidents.truth import truth_tables
from pipelines.demo.opening import stock_up
from pipelines.demo.scale import SCALES
from pipelines.demo.world import World

START = date(2023, 7, 1)
LAST_CYCLE = cycle_of(THREE_YEARS - 1)
# Begun well inside the last cycle, where every kind may still begin.
BEGINS = first_day_of(LAST_CYCLE) + 20
COMPANIES = {name: build_company(7, SCALES[name], START) for name in ("tiny", "small")}


def stocked(company: Company, day: int = -1) -> World:
    """A world with its opening stock in which nothing has happened."""
    world = World(company)
    world.day = 0
    stock_up(world)
    world.day = day
    return world


def lived(incidents: Incidents, first_day: int, last_day: int) -> Incidents:
    """Mornings only: incidents come and go, nobody works."""
    for day in range(first_day, last_day + 1):
        incidents.world.day = day
        incidents.step()
    return incidents


def begun(company: Company, kind: str, day: int = BEGINS) -> Iterator[tuple[Incidents, Incident]]:
    """The kind, begun on several days with a subject of its own choice."""
    first_days = KINDS[kind].first_days(World(company), first_day_of(LAST_CYCLE))
    for start in range(day, day + 12) if first_days is None else first_days.tolist():
        world = stocked(company)
        planned = PlannedIncident(start, kind, start, sum(KINDS[kind].duration_days) // 2)
        incidents = lived(Incidents(world, planned=[planned]), start, start)
        if incidents.begun:
            yield incidents, incidents.begun[0]


def effects_of(world: World) -> dict[str, np.ndarray]:
    return {name: value.copy() for name, value in vars(world.effects).items()}


def planned_cycles(seed: int, cycles: range) -> list[list[PlannedIncident]]:
    world = World(build_company(seed, SCALES["tiny"], START))
    plans, number = [], 0
    for cycle in cycles:
        planned, _ = plan_cycle(world, cycle, list(KINDS.values()), number, every_kind=False)
        plans.append(planned)
        number += len(planned)
    return plans


# -- the schedule -----------------------------------------------------------------------------------------------------


def test_all_kinds_of_the_company_s_troubles_are_there() -> None:
    assert len(KINDS) == 18
    assert all(name == kind.name for name, kind in KINDS.items())


def test_the_last_cycle_ends_with_the_third_year() -> None:
    assert first_day_of(LAST_CYCLE) == THREE_YEARS - 120
    assert cycle_of(THREE_YEARS) == LAST_CYCLE + 1


@pytest.mark.parametrize("seed", range(6))
def test_a_cycle_has_eight_to_twelve_incidents_of_different_kinds_and_history_has_few(seed: int) -> None:
    plans = planned_cycles(seed, range(-1, 14))
    counts = [len(planned) for planned in plans]
    assert counts[:2] == [0, 0], "the first 120 days are quiet"
    assert all(1 <= count <= 2 for count in counts[2:6])
    assert all(8 <= count <= 12 for count in counts[6:])
    for cycle, planned in enumerate(plans, start=-1):
        starts = [each.start_day for each in planned]
        assert len(set(starts)) == len(starts)
        assert len({each.kind for each in planned}) == len(planned)
        for each in planned:
            assert 0 <= each.start_day - first_day_of(cycle) <= KINDS[each.kind].latest_start + 3
            low, high = KINDS[each.kind].duration_days
            assert low <= each.duration_days <= high
    numbers = [each.number for planned in plans for each in planned]
    assert numbers == list(range(len(numbers)))


def test_seeds_differ_in_kinds_numbers_and_starts() -> None:
    plans = [planned_cycles(seed, range(8, 9))[0] for seed in range(6)]
    assert len({tuple((each.kind, each.start_day) for each in planned) for planned in plans}) == 6
    assert len({len(planned) for planned in plans}) > 1


def test_a_shorter_run_is_the_beginning_of_a_longer_one() -> None:
    company = COMPANIES["tiny"]
    short = lived(Incidents(stocked(company)), 0, 900)
    long = lived(Incidents(stocked(company)), 0, 1095)
    assert len(long.begun) > len(short.begun) > 10
    assert long.as_planned()[: len(short.begun)] == short.as_planned()


def test_two_runs_of_a_seed_are_the_same() -> None:
    company = COMPANIES["tiny"]
    first, second = (lived(Incidents(stocked(company)), 0, 1095) for _ in range(2))
    assert first.as_planned() == second.as_planned()
    assert all(np.array_equal(value, effects_of(second.world)[name]) for name, value in effects_of(first.world).items())


def test_no_kinds_plant_nothing_and_some_kinds_only_themselves() -> None:
    company = COMPANIES["tiny"]
    assert lived(Incidents(stocked(company), ()), 0, 1095).begun == []
    kinds = ("supplier_slip", "demand_surge", "price_rise")
    some = lived(Incidents(stocked(company), kinds), 0, 1095)
    assert {incident.kind for incident in some.begun} == set(kinds)
    assert {each.kind for each in some.begun if cycle_of(each.start_day) == LAST_CYCLE} == set(kinds)


def test_an_unknown_kind_is_refused_with_the_kinds_there_are() -> None:
    with pytest.raises(UnknownIncidentKind, match=r"no kind of incident is called flood; there are: supplier_slip, "):
        Incidents(World(COMPANIES["tiny"]), ("flood",))


def test_a_run_can_have_one_incident_of_the_plan_or_all_but_one() -> None:
    company = COMPANIES["tiny"]
    whole = lived(Incidents(stocked(company)), 0, 1095).as_planned()
    chosen = whole[-3].number
    only = lived(Incidents(stocked(company), only=chosen), 0, 1095)
    assert [incident.number for incident in only.begun] == [chosen]
    rest = lived(Incidents(stocked(company), planned=without(whole, chosen)), 0, 1095)
    assert rest.as_planned() == tuple(each for each in whole if each.number != chosen)


def test_no_two_at_once_have_the_same_subject() -> None:
    incidents = lived(Incidents(stocked(COMPANIES["small"])), 0, 1095).begun
    for one in incidents:
        for other in incidents:
            if one.number < other.number and other.start_day < one.end_day:
                kind, codes = one.choice.main
                assert not set(codes) & set(other.choice.subjects.get(kind, ())), (one, other)


# -- subjects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["tiny", "small"])
def test_exposure_is_the_company_s_money(scale: str) -> None:
    world = World(COMPANIES[scale])
    world.day = 700
    exposure = ExposureBook(world).today()
    items = world.company.items
    assert exposure.revenue == pytest.approx(exposure.item_revenue.sum())
    assert exposure.floor == pytest.approx(FLOOR_RATE * exposure.revenue)
    # What is sold depends on itself; nothing has more hanging on it than there is; the parts' use follows the sales.
    shelf = np.isin(world.policy.item, exposure.sold) & (exposure.node_use > 0)
    assert (exposure.of_nodes()[shelf] >= exposure.item_revenue[world.policy.item[shelf]] - 1).all()
    assert exposure.of_nodes().max() <= exposure.revenue * 1.000001
    assert 0.35 * exposure.revenue < exposure.source_spend.sum() < 0.75 * exposure.revenue
    assert 0.6 * exposure.revenue < exposure.customer_revenue.sum() < exposure.revenue
    load = exposure.centre_hours / (world.company.work_centres.units * world.company.work_centres.hours_per_unit * 5)
    assert ((load > 0.2) & (load < 1.2)).all()
    assert (items.weekly_demand[exposure.sold] > 0).all()


@pytest.mark.parametrize("scale", ["tiny", "small"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_finds_a_subject_that_is_worth_it(kind: str, scale: str) -> None:
    company = COMPANIES[scale]
    sizes = {
        "supplier": company.suppliers.count,
        "source": company.sources.node.size,
        "item": company.items.count,
        "successor": company.items.count,
        "node": company.nodes.count,
        "place": len(company.places.ids),
        "work_centre": company.work_centres.count,
        "customer": company.customers.count,
        "campaign": len(company.campaigns.ids),
        "family": len(company.families),
        "planner": len(company.planners),
        "bill_line": company.bill_lines.parent.size,
        "operation": company.operations.node.size,
    }
    found = 0
    for _, incident in begun(company, kind):
        found += 1
        choice = incident.choice
        assert choice.exposure_value >= incident.floor_value * 0.999
        assert incident.floor_value > 0
        for subject, codes in choice.subjects.items():
            assert codes, (kind, subject)
            assert all(0 <= code < sizes[subject] for code in codes), (kind, subject)
    assert found or (kind, scale) in NO_SUBJECT_WITHOUT_A_PAST


# Where no day's opening stock alone (nothing on order, nothing sold) makes a worthy subject.
NO_SUBJECT_WITHOUT_A_PAST = {("quality_excursion", "small"), ("engineering_change", "small")}


# -- what they do -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_an_incident_changes_the_world_and_puts_it_back(kind: str) -> None:
    company = COMPANIES["tiny"]
    incidents, incident = next(begun(company, kind))
    world, neutral = incidents.world, effects_of(World(company))
    during = effects_of(world)
    changed = {name for name, value in during.items() if not np.array_equal(value, neutral[name])}
    master = {
        f"{table}.{field.name}"
        for table in ("policy", "bill", "routing")
        for field in fields(getattr(world, table))
        if isinstance(getattr(getattr(world, table), field.name), np.ndarray)
        and not np.array_equal(
            getattr(getattr(world, table), field.name), getattr(getattr(World(company), table), field.name)
        )
    }
    stock = world.stock.missing.any() or world.documents.movements.count > stocked(company).documents.movements.count
    assert changed | master or stock, kind
    last = incident.end_day + KINDS[kind].lingers_days + 125
    for day in range(world.day + 1, last):
        world.day = day
        if kind == "phantom_stock" and day == incident.start_day + 60:
            world.stock.missing[:] = 0.0  # counted
        incidents.step()
    after = effects_of(world)
    lasting = {"payment_stop_day"} if kind == "debtor_stop" else set()
    assert {name for name, value in after.items() if not np.array_equal(value, neutral[name])} == lasting
    for table in ("policy", "routing") if kind == "engineering_change" else ("policy", "bill", "routing"):
        for field in fields(getattr(world, table)):
            now, before = (getattr(getattr(each, table), field.name) for each in (world, World(company)))
            if isinstance(now, np.ndarray):
                np.testing.assert_array_equal(now, before)
    assert incident.is_over
    assert incident.end_day <= last


CAUSES = {
    "supplier_slip": "source_cause",
    "supplier_outage": "source_cause",
    "lane_delay": "source_cause",
    "quality_excursion": "source_cause",
    "golden_screw": "source_cause",
    "work_centre_overload": "centre_cause",
    "breakdown_cluster": "centre_cause",
    "demand_surge": "item_cause",
    "wrong_parameter": "node_cause",
    "bill_error": "node_cause",
    "phantom_stock": "node_cause",
    "customers_leaving": "customer_cause",
}


@pytest.mark.parametrize(("kind", "effect"), CAUSES.items())
def test_an_incident_names_itself_as_the_cause_of_its_subjects(kind: str, effect: str) -> None:
    incidents, incident = next(begun(COMPANIES["tiny"], kind))
    causes = getattr(incidents.world.effects, effect)
    assert set(causes[causes >= 0].tolist()) == {incident.number}


def test_effects_of_several_incidents_add_up_and_come_apart_again() -> None:
    company = COMPANIES["tiny"]
    plans = [next(begun(company, kind))[0].as_planned()[0] for kind in ("supplier_slip", "lane_delay", "price_rise")]
    source = plans[0].choice.codes("source")
    world = stocked(company)
    same = [
        PlannedIncident(number, plan.kind, BEGINS, 30 + number, plans[0].choice) for number, plan in enumerate(plans)
    ]
    incidents = lived(Incidents(world, planned=same), BEGINS, BEGINS)
    assert (world.effects.source_production_delay[source] == plans[0].choice.size).all()
    assert (world.effects.source_transit_delay[source] == plans[0].choice.size).all()
    assert (world.effects.source_price[source] == 1 + plans[0].choice.size).all()
    lived(incidents, BEGINS + 1, BEGINS + 30)
    assert (world.effects.source_production_delay == 0).all()
    assert (world.effects.source_transit_delay[source] == plans[0].choice.size).all()
    lived(incidents, BEGINS + 31, BEGINS + 40)
    assert (world.effects.source_price == 1).all()


@pytest.mark.parametrize("kind", ["wrong_parameter", "bill_error", "engineering_change"])
def test_a_change_of_master_data_is_written_down_as_a_person_would(kind: str) -> None:
    company = COMPANIES["tiny"]
    for incidents, incident in begun(company, kind):
        if incident.choice.variant == "routing":
            continue
        world = incidents.world
        changes = world.documents.changes
        assert changes.count > 0
        document, field = CHANGED_DOCUMENTS[changes["document"][0]], CHANGED_FIELDS[changes["field"][0]]
        assert document == ("planning_policy" if kind == "wrong_parameter" else "bom_component")
        assert (changes["at"] > world.day).all()
        assert (changes["at"] < world.day + 0.67).all()
        assert (changes["new"] != changes["old"]).all()
        if kind == "engineering_change":
            assert field == "valid_to_date"
            return
        lived(incidents, world.day + 1, incident.end_day)
        half = changes.count // 2
        np.testing.assert_array_equal(changes["old"][half:], changes["new"][:half])
        np.testing.assert_array_equal(changes["new"][half:], changes["old"][:half])
        return
    pytest.fail("no subject")


def test_a_slipping_supplier_sends_later_what_has_not_left_and_nothing_else_moves() -> None:
    company = COMPANIES["tiny"]
    incidents, incident = next(begun(company, "supplier_slip"))
    plan, day = incidents.as_planned()[0], incident.start_day
    world = stocked(company)
    mine = int(plan.choice.codes("source")[0])
    other = next(code for code in range(company.sources.node.size) if code not in plan.choice.subjects["source"])
    orders = world.documents.purchase_orders.append(
        1, supplier=0, ordered_at=day - 5.0, currency=0, buyer=0, confirmed_at=day - 4.0
    )
    source = np.array([mine, mine, mine, other])
    leaves = np.array([day + 3.4, day - 2.0, day + 3.4, day + 3.4])
    rows = world.documents.purchase_lines.append(
        4,
        order=orders[0],
        line=np.arange(4) + 1,
        node=company.sources.node[source],
        item=company.nodes.item[company.sources.node[source]],
        place=company.nodes.place[company.sources.node[source]],
        source=source,
        quantity=100.0,
        price=1.0,
        requested_day=day + 6,
        first_confirmed_day=day + 6,
        confirmed_day=day + 6,
        leaves_at=leaves,
        arrives_at=leaves + 3,
        next_share=1.0,
        received=0.0,
        rejected=0.0,
        completed_day=np.array([NEVER, NEVER, day - 1, NEVER]),
        cancelled_day=NEVER,
        production_order=-1,
        cause=-1,
    )
    lived(Incidents(world, planned=[plan]), day, day)
    lines = world.documents.purchase_lines
    late = plan.choice.size * 7 / 5
    assert lines["cause"][rows].tolist() == [plan.number, -1, -1, -1]
    assert lines["leaves_at"][rows[0]] == pytest.approx(leaves[0] + late)
    assert leaves[0] + 3 + late <= lines["arrives_at"][rows[0]] <= leaves[0] + 3 + late + 10
    np.testing.assert_array_equal(lines["arrives_at"][rows[1:]], leaves[1:] + 3)
    assert (lines["confirmed_day"][rows] == day + 6).all(), "the supplier has told nobody"


def test_scrapped_stock_of_the_golden_screw_leaves_through_the_books() -> None:
    incidents, incident = next(begun(COMPANIES["tiny"], "golden_screw"))
    world = incidents.world
    item, place = (int(incident.choice.codes(subject)[0]) for subject in ("item", "place"))
    movements = world.documents.movements
    assert movements["to_place"][-1] == world.lookup.scrap
    assert movements["quantity"][-1] == incident.kept["scrapped"] > 0
    assert world.stock.available(item, place) < 1


def test_phantom_stock_stays_in_the_books_until_it_is_counted() -> None:
    incidents, incident = next(begun(COMPANIES["tiny"], "phantom_stock"))
    world = incidents.world
    item, place = (int(incident.choice.codes(subject)[0]) for subject in ("item", "place"))
    booked = world.stock.quantity[item, place]
    assert world.stock.available(item, place) <= booked * (1 - incident.choice.size) + 1
    lived(incidents, world.day + 1, incident.end_day + 5)
    assert not incident.is_over, "nobody has counted"
    world.stock.missing[item, place] = 0.0
    lived(incidents, world.day + 1, world.day + 1)
    assert incident.is_over


def test_a_copy_of_the_world_lives_on_by_itself() -> None:
    world = stocked(COMPANIES["tiny"])
    incidents = lived(Incidents(world), 0, 1000)
    twin = copy.deepcopy(incidents)
    assert twin.world is not world
    lived(twin, 1001, 1095)
    count = len(incidents.begun)
    assert len(twin.begun) > count
    assert world.day == 1000
    lived(incidents, 1001, 1095)
    assert incidents.as_planned() == twin.as_planned()
    for name, value in effects_of(world).items():
        np.testing.assert_array_equal(value, effects_of(twin.world)[name])


# -- the truth --------------------------------------------------------------------------------------------------------


def test_the_truth_names_every_incident_that_has_begun_and_nothing_more() -> None:
    incidents = lived(Incidents(stocked(COMPANIES["tiny"])), 0, 1000)
    company = incidents.world.company
    tables = truth_tables(incidents.world, incidents)
    table = tables["incidents"]
    assert table["number"].to_list() == [incident.number for incident in incidents.begun]
    assert table["start_date"].max() <= date(2026, 3, 27)
    still = [not incident.is_over for incident in incidents.begun]
    assert table["end_date"].is_null().to_list() == still
    assert table.filter(pl.col("exposure_value") < pl.col("floor_value") * 0.999).is_empty()
    assert table.filter(
        (pl.col("sentence").str.len_chars() < 20) | (pl.col("sentence_zh").str.len_chars() < 6)
    ).is_empty()
    ids = {
        "supplier": company.suppliers.ids,
        "item": company.items.ids,
        "work_centre": company.work_centres.ids,
        "customer": company.customers.ids,
        "campaign": company.campaigns.ids,
        "family": company.families,
        "place": company.places.ids,
    }
    subjects = tables["incident_subjects"]
    for kind, known in ids.items():
        assert set(subjects.filter(pl.col("subject_type") == kind)["subject_id"]) <= set(known)
    assert set(subjects["number"]) == set(table["number"])
    cost = tables["incident_consequences"].group_by("number").agg(pl.col("value").sum())
    joined = table.join(cost, on="number", how="left").with_columns(pl.col("value").fill_null(0.0))
    assert (joined["consequence_value"] - joined["value"]).abs().max() < 0.1


def test_the_truth_of_a_world_without_incidents_is_empty_tables() -> None:
    world = stocked(COMPANIES["tiny"], day=300)
    tables = truth_tables(world, Incidents(world, ()))
    assert [table.height for table in tables.values()] == [0, 0, 0, 0]
    assert tables["incident_documents"].columns == ["number", "document_type", "document_id", "role"]
