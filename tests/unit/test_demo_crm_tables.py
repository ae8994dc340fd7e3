"""Customers and CRM tables of the demo company: the contract's columns, the prefix law, and scores that have reasons."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from pipelines.contract import load_contract
from pipelines.demo.world import World
from pipelines.demo.writing.crm import channel_table, crm_tables, stage_change_table
from pipelines.demo.writing.crm_cases import case_costs
from pipelines.demo.writing.crm_experience import delivery_experience
from pipelines.demo.writing.customers import customer_ids, customer_tables
from tests.unit.demo_documents import COMPANY, START, world_of

LAST, LATER = 210, 300
KEYS = {
    "customers": "customer_id",
    "leads": "lead_id",
    "opportunities": "opportunity_id",
    "opportunity_lines": "opportunity_line_id",
    "quotations": "quotation_id",
    "quotation_lines": "quotation_line_id",
    "activities": "activity_id",
    "service_cases": "case_id",
    "satisfaction_responses": "response_id",
}
# Quantities are in base units, so the unit is left out.
LEFT_OUT = {"uom"}


def crm_of(world: World, slice_rows: int = 250_000) -> dict[str, pl.DataFrame]:
    frames: dict[str, list[pl.DataFrame]] = {}
    for name, frame in crm_tables(world, slice_rows):
        frames.setdefault(name, []).append(frame)
    for tables in customer_tables(world, slice_rows):
        frames.setdefault("customers", []).append(tables["customers"])
    frames["opportunity_stage_changes"] = [stage_change_table(world, world.documents.stage_changes.columns())]
    frames["channel_stock_sales"] = [channel_table(world, world.documents.channel_weeks.columns())]
    return {name: pl.concat(parts) for name, parts in frames.items()}


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return crm_of(world_of(LAST))


@pytest.fixture(scope="module")
def later() -> dict[str, pl.DataFrame]:
    return crm_of(world_of(LATER))


# -- shape ------------------------------------------------------------------------------------------------------------


def test_every_table_has_the_columns_and_values_of_the_contract(tables: dict[str, pl.DataFrame]) -> None:
    assert set(tables) == {*KEYS, "opportunity_stage_changes", "channel_stock_sales"}
    for name, frame in tables.items():
        columns = [column for column in load_contract()[name].source_columns if column.name not in LEFT_OUT]
        assert frame.columns == [column.name for column in columns]
        assert frame.height > 20, name
        for column in columns:
            assert not (column.required and frame[column.name].null_count()), (name, column.name)
            assert not column.values or set(frame[column.name].drop_nulls()) <= set(column.values), (name, column.name)


def test_keys_are_unique_and_references_lead_somewhere(tables: dict[str, pl.DataFrame]) -> None:
    for name, key in KEYS.items():
        assert tables[name][key].is_unique().all(), name
    assert tables["opportunity_stage_changes"].select("opportunity_id", "changed_at", "stage").is_unique().all()
    for name, frame in tables.items():
        for column in load_contract()[name].source_columns:
            if column.references in KEYS and column.name in frame.columns:
                known = tables[column.references][KEYS[column.references]].to_list()
                assert frame[column.name].drop_nulls().is_in(known).all(), (name, column.name)


def test_slices_change_nothing(tables: dict[str, pl.DataFrame]) -> None:
    for name, frame in crm_of(world_of(LAST), slice_rows=61).items():
        order = KEYS.get(name)
        same = frame.sort(order).equals(tables[name].sort(order)) if order else frame.equals(tables[name])
        assert same, name


# -- customers ----------------------------------------------------------------------------------------------------------


def test_codes_are_named_by_the_company_or_by_number() -> None:
    count = COMPANY.customers.count
    names = customer_ids(world_of(30), [0, count - 1, count, count + 41, -1]).to_list()
    assert names == [COMPANY.customers.ids[0], COMPANY.customers.ids[-1], "W0000001", "W0000042", None]


def test_consumers_have_names_of_their_country_and_no_rep(tables: dict[str, pl.DataFrame]) -> None:
    consumers = tables["customers"].filter(pl.col("customer_id").str.starts_with("W"))
    assert consumers.height == world_of(LAST).documents.consumers.count
    home = consumers.filter(pl.col("country_code") == "CN")
    assert home["customer_name"].str.contains(r"^\p{Han}{2,3}$").all()
    assert home["customer_name"].n_unique() > 40
    assert consumers.filter(pl.col("country_code") != "CN")["customer_name"].str.contains(" ").all()
    assert set(consumers["customer_type"]) == {"end_customer"}
    assert consumers["sales_rep_id"].null_count() == consumers.height
    assert consumers["region"].null_count() == 0


def test_a_prospect_is_a_customer_from_the_first_opportunity_on() -> None:
    world = world_of(LAST)
    opportunities = world.documents.opportunities
    prospect = int(opportunities["customer"][COMPANY.customers.joined_day[opportunities["customer"]] > LAST][0])
    first = opportunities["created_at"][opportunities["customer"] == prospect].min()
    known = crm_of(world)["customers"].filter(pl.col("customer_id") == COMPANY.customers.ids[prospect])
    assert known["created_date"].to_list() == [START + timedelta(int(first))]
    before = world_of(int(first) - 1)
    assert COMPANY.customers.ids[prospect] not in crm_of(before)["customers"]["customer_id"].to_list()


# -- the prefix law ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "moment", "states"),
    [
        ("customers", "created_date", []),
        ("activities", "activity_at", []),
        ("satisfaction_responses", "responded_at", []),
        ("service_cases", "opened_at", ["first_response_at", "resolved_at", "cost_value"]),
        ("quotations", "quoted_at", ["quotation_status", "sales_order_id"]),
        (
            "leads",
            "created_at",
            ["lead_status", "converted_at", "disqualified_reason", "customer_id", "opportunity_id"],
        ),
        (
            "opportunities",
            "created_at",
            ["stage", "opportunity_status", "probability_rate", "closed_at", "lost_reason", "sales_order_id"],
        ),
    ],
)
def test_a_longer_run_begins_with_what_the_shorter_one_knew(
    tables: dict[str, pl.DataFrame], later: dict[str, pl.DataFrame], name: str, moment: str, states: list[str]
) -> None:
    last = START + timedelta(LAST)
    known = later[name].filter(pl.col(moment).cast(pl.Date) <= last).drop(states, strict=False)
    assert known.sort(KEYS[name]).equals(tables[name].drop(states, strict=False).sort(KEYS[name]))
    assert later[name].height > known.height > 20


def test_states_are_those_of_the_last_day(tables: dict[str, pl.DataFrame], later: dict[str, pl.DataFrame]) -> None:
    """A state that came later is not told, one that had come is the same in the longer run."""
    last = START + timedelta(LAST + 1)
    for name, moment, columns in (
        ("leads", "converted_at", ["converted_at"]),
        ("opportunities", "closed_at", ["closed_at", "opportunity_status", "lost_reason"]),
        ("service_cases", "resolved_at", ["resolved_at", "cost_value"]),
    ):
        assert tables[name].filter(pl.col(moment) >= last).is_empty()
        known = later[name].filter(pl.col(moment) < last).select(KEYS[name], *columns).sort(KEYS[name])
        mine = tables[name].filter(pl.col(moment).is_not_null()).select(KEYS[name], *columns).sort(KEYS[name])
        assert known.equals(mine), name
        assert known.height > 5
    unresolved = tables["service_cases"].filter(pl.col("resolved_at").is_null())
    assert unresolved.height > 0
    assert unresolved["cost_value"].null_count() == unresolved.height
    assert tables["leads"].filter(pl.col("lead_status") != "converted")["customer_id"].drop_nulls().is_empty()


# -- what is told ---------------------------------------------------------------------------------------------------------


def test_quotations_repeat_the_lines_of_their_opportunity(tables: dict[str, pl.DataFrame]) -> None:
    lines = tables["quotation_lines"].group_by("quotation_id").agg(pl.col("net_value").sum().alias("of_lines"))
    joined = tables["quotations"].join(lines, on="quotation_id")
    assert joined.height == tables["quotations"].height
    assert joined.filter((pl.col("net_value") - pl.col("of_lines")).abs() > 0.001).is_empty()
    won = joined.join(tables["opportunities"], on="opportunity_id").filter(pl.col("opportunity_status") == "won")
    assert set(won["quotation_status"]) == {"ordered"}


def test_the_last_stage_change_is_the_stage(tables: dict[str, pl.DataFrame]) -> None:
    changes = tables["opportunity_stage_changes"].sort("opportunity_id", "changed_at")
    last = changes.group_by("opportunity_id", maintain_order=True).agg(
        pl.col("stage").last().alias("last_stage"), pl.col("stage_sequence").is_sorted().alias("rises")
    )
    joined = tables["opportunities"].join(last, on="opportunity_id")
    assert joined.filter((pl.col("stage") != pl.col("last_stage")) | ~pl.col("rises")).is_empty()
    assert joined.height == tables["opportunities"].height


def test_activities_lie_within_their_opportunity_and_on_working_days(tables: dict[str, pl.DataFrame]) -> None:
    joined = tables["activities"].join(tables["opportunities"], on="opportunity_id")
    assert joined.height > 50
    assert joined.filter(pl.col("activity_at") < pl.col("created_at")).is_empty()
    assert joined.filter(pl.col("activity_at") > pl.col("closed_at")).is_empty()
    routine = tables["activities"].filter(pl.col("opportunity_id").is_null())
    assert routine["activity_at"].dt.weekday().max() <= 5
    assert routine.height > 50
    assert routine["customer_id"].str.starts_with("K").all()


def test_late_deliveries_bring_complaints_and_lower_scores() -> None:
    late, punctual = world_of(LATER), world_of(LATER)
    lines = late.documents.sales_lines
    lines["requested_day"][:] -= 12
    punctual.documents.sales_lines["requested_day"][:] += 60
    told, quiet = crm_of(late), crm_of(punctual)
    complaints = [frame["service_cases"].filter(pl.col("case_type") == "complaint").height for frame in (told, quiet)]
    assert complaints[0] > 100
    assert complaints[1] == 0
    for survey, points in (("csat", 0.8), ("nps", 2.0)):
        scores = [
            frame["satisfaction_responses"]
            .filter((pl.col("survey_type") == survey) & pl.col("case_id").is_null())
            .select(pl.col("score").mean())
            .item()
            for frame in (told, quiet)
        ]
        assert scores[1] - scores[0] > points, survey
    # Other cases are untouched by it: their luck is their own.
    others = [
        frame["service_cases"].filter(pl.col("case_type") != "complaint").sort("case_id") for frame in (told, quiet)
    ]
    assert others[0].equals(others[1])


def test_every_return_has_its_request_on_the_same_day(tables: dict[str, pl.DataFrame]) -> None:
    world = world_of(LAST)
    requests = tables["service_cases"].filter(pl.col("case_type") == "return_request")
    assert requests.height == world.documents.returns.count
    days = [START + timedelta(int(day)) for day in np.floor(world.documents.returns["returned_at"])]
    assert requests.sort("case_id")["opened_at"].dt.date().to_list() == days


def test_cases_are_answered_before_they_are_solved_and_cost_what_the_ledger_is_told(
    later: dict[str, pl.DataFrame],
) -> None:
    cases = later["service_cases"]
    assert cases.filter(pl.col("first_response_at") < pl.col("opened_at")).is_empty()
    assert cases.filter(pl.col("resolved_at") < pl.col("first_response_at")).is_empty()
    assert set(cases["case_type"]) == {"complaint", "warranty", "repair", "question", "return_request"}
    world = world_of(LATER)
    costs = case_costs(world, delivery_experience(world), 100)
    assert costs.sum() / 100 == pytest.approx(cases["cost_value"].sum())


def test_scores_stay_within_their_scale(later: dict[str, pl.DataFrame]) -> None:
    responses = later["satisfaction_responses"]
    assert responses.filter(pl.col("score") > pl.col("max_score")).is_empty()
    assert responses.group_by("survey_type").agg(pl.col("score").min()).filter(pl.col("score") < 0).is_empty()
    assert set(responses["max_score"]) == {5.0, 10.0}
    about_cases = responses.filter(pl.col("case_id").is_not_null()).join(later["service_cases"], on="case_id")
    assert about_cases.height > 5
    assert about_cases.filter(pl.col("responded_at") <= pl.col("resolved_at")).is_empty()
