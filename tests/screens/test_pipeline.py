"""The pipeline page: its figures against the raw documents of the example company, and its controls."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import REPOSITORY
from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import pipeline as questions
from tower.queries import pipeline_value
from tower.store import User
from tower.ui.pipeline.screen import SECTIONS
from tower.warehouse import Warehouse, open_warehouse

PAGE = "customers/pipeline"
EN = Text("en")
ALL: questions.Asked = ((), (), ())
START, END = date(2025, 7, 1), date(2026, 6, 30)
ORDER = {"qualification": 1, "needs analysis": 2, "proposal": 3, "negotiation": 4}


def rows(name: str) -> list[dict[str, str]]:
    with (REPOSITORY / "seeds" / "example" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def entered() -> dict[str, dict[str, date]]:
    """First day in each stage, by opportunity, from the raw changes."""
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for row in rows("opportunity_stage_changes"):
        if row["stage"] in ORDER:
            day = date.fromisoformat(row["changed_at"][:10])
            found[row["opportunity_id"]].setdefault(row["stage"], day)
    return found


@pytest.mark.parametrize("start", [START, date(2026, 3, 1)])
@pytest.mark.parametrize("variant", questions.VARIANTS)
def test_stage_conversion_is_what_the_raw_changes_say(warehouse: Warehouse, variant: str, start: date) -> None:
    opportunities = {row["opportunity_id"]: row for row in rows("opportunities")}
    expected = {}
    for stage, place in ORDER.items():
        came, advanced = 0, 0
        for number, stages in entered().items():
            is_won = opportunities[number]["opportunity_status"] == "won"
            beyond = [day for name, day in stages.items() if ORDER[name] >= place]
            day = stages.get(stage)
            if variant == "all_prior" and day is None:
                closed = opportunities[number]["closed_at"][:10]
                day = min(beyond) if beyond else date.fromisoformat(closed) if is_won else None
            elif variant == "all_prior":
                day = min(beyond)
            if day is None or not start <= day <= END:
                continue
            came += 1
            advanced += is_won or any(ORDER[name] > place for name in stages)
        if came:
            expected[stage] = (came, advanced)
    found = questions.conversion(warehouse, variant, start, END, ALL)
    assert {row["stage"]: (row["entered"], row["advanced"]) for row in found.to_dicts()} == expected
    assert (found["entered"] == found["advanced"] + found["lost"] + found["waiting"]).all()


def test_the_variants_differ_where_stages_are_skipped(warehouse: Warehouse) -> None:
    # Counted on the list: all fifteen begin with qualification, OP14 has got no further; six were ever recorded in
    # needs analysis, eight more came past it.
    counts = {
        name: dict(questions.conversion(warehouse, name, START, END, ALL).select("stage", "entered").rows())
        for name in questions.VARIANTS
    }
    assert counts["all_prior"] == {"qualification": 15, "needs analysis": 14, "proposal": 12, "negotiation": 9}
    assert counts["any_stage"] == {"qualification": 15, "needs analysis": 6, "proposal": 11, "negotiation": 3}


def test_velocity_is_number_times_size_times_rate_over_cycle(warehouse: Warehouse) -> None:
    # R1: OP03, OP04, OP08, OP10 won, none lost, OP12 open. 122,000 ÷ 4 each, cycles of 21, 21, 29 and 28 days.
    found = {row["name"]: row for row in questions.velocity(warehouse, "rep", START, END, ALL).to_dicts()}
    one = found["Li Na 李娜"]
    assert (one["open_count"], one["won"], one["decided"], one["won_value"]) == (1, 4, 4, 122_000)
    assert one["cycle_days"] == 21 + 21 + 29 + 28
    assert one["per_day"] == pytest.approx(1 * (122_000 / 4) * 1.0 / (99 / 4))
    assert one["created_win_rate"] == pytest.approx(4 / 5)
    everybody = questions.velocity(warehouse, "all", START, END, ALL).row(0, named=True)
    assert everybody["win_rate"] == pytest.approx(8 / 11)
    assert everybody["won"] == sum(row["won"] for row in found.values())


def test_lost_reasons_add_up_to_what_was_lost(warehouse: Warehouse) -> None:
    lost = [row for row in rows("opportunities") if row["opportunity_status"] == "lost"]
    found = questions.lost_reasons(warehouse, START, END, ALL)
    assert dict(found.select("reason", "value").rows()) == {
        row["lost_reason"]: float(row["expected_value"]) for row in lost
    }
    assert found["share"].sum() == pytest.approx(1)
    assert found["value_share"].sum() == pytest.approx(1)


def test_coverage_is_open_value_over_the_quota_not_yet_ordered(warehouse: Warehouse) -> None:
    # The example company has quotas up to June 2026 and the as-of date is the end of it: only June is left.
    quotas = {row["sales_rep_id"]: float(row["quota_value"].replace(",", "")) for row in rows("sales_quotas")
              if row["month_start_date"] == "2026-06-01"}  # fmt: skip
    intake = dict(
        warehouse.frame(
            "select sales_rep_id, sum(net_value) from core.fct_sales_order_lines where is_cancelled = 0 "
            "and ordered_date between date '2026-06-01' and date '2026-06-30' group by all"
        ).rows()
    )
    remaining = sum(max(quota - intake.get(rep, 0), 0) for rep, quota in quotas.items())
    found = {row["name"]: row for row in pipeline_value.coverage(warehouse, "month", ALL).to_dicts()}
    assert found["2026-06"]["quota"] == sum(quotas.values())
    assert found["2026-06"]["remaining"] == pytest.approx(remaining)
    later = [row for name, row in found.items() if name > "2026-06"]
    assert sum(row["value"] for row in later) == 208_000
    assert all(row["coverage"] is None for row in later)


def test_an_order_is_given_to_one_campaign_and_costs_count_once(warehouse: Warehouse) -> None:
    first, last = date(2025, 1, 1), END
    one = pipeline_value.campaigns(warehouse, "campaign", first, last, ALL)
    by_channel = pipeline_value.campaigns(warehouse, "channel", first, last, ALL)
    raw = warehouse.frame("select sum(cost_value) as cost, count(*) as campaigns from canonical.cnl_campaigns")
    assert one["cost"].sum() == by_channel["cost"].sum() == pytest.approx(raw["cost"][0])
    leads = [row for row in rows("leads") if row["campaign_id"] and row["lead_status"]]
    assert one["leads"].sum() == by_channel["leads"].sum() == len(leads)
    assert one["margin"].sum() == pytest.approx(by_channel["margin"].sum())
    # OP01, OP02 and OP07 name the fair or come from a lead of it; two were won.
    fair = one.filter(pl.col("campaign_id") == "CMP1").row(0, named=True)
    assert (fair["opportunities"], fair["won"]) == (3, 2)
    assert fair["return"] == pytest.approx(fair["margin"] / fair["cost"])


def test_pipeline_demand_is_the_open_lines(warehouse: Warehouse) -> None:
    open_ones = {row["opportunity_id"] for row in rows("opportunities") if row["opportunity_status"] == "open"}
    raw = sum(float(row["quantity"]) for row in rows("opportunity_lines") if row["opportunity_id"] in open_ones)
    found = pipeline_value.demand(warehouse, ALL)
    assert found["quantity"].sum() == raw
    assert (found["weighted_quantity"] <= found["quantity"]).all()


def test_cards_show_open_value_and_what_it_is_worth(
    open_app: OpenApp, warehouse: Warehouse, text: Text, numbers: Numbers, language: Language
) -> None:
    app = open_app(PAGE, user="executive", lang=language)
    chance = warehouse.frame(
        "select sum(expected_value * win_probability) as value from core.fct_opportunities as one "
        "inner join core.fct_win_predictions as two on one.opportunity_id = two.opportunity_id"
    )["value"][0]
    assert value_of(app, text("pipeline.chance_value")) == numbers.value(chance, "money")
    shown = [metric.value for metric in app.metric]
    assert numbers.value(208_000, "money") in shown
    assert numbers.value(102_600, "money") in shown


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_in_both_languages(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(PAGE, user="executive", lang=language)
    app.segmented_control(key="pick_section").set_value(section).run()
    assert not app.exception
    assert app.query_params.get("section", ["open"]) in (section, [section])


def test_too_few_decisions_are_said(open_app: OpenApp) -> None:
    page = words(open_app(PAGE, user="executive", lang="en", section="chances"))
    assert "unproven" in page
    assert EN("chance_candidate.stage_average") in page


def test_the_variant_is_kept_in_the_address_and_explained(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="executive", lang="en", section="funnel")
    assert EN("pipeline.conversion_all_prior") in words(app)
    assert list(table(app, "waiting")["entered"]) == [15, 14, 12, 9]
    app.segmented_control(key="pick_variant").set_value("any_stage").run()
    assert EN("pipeline.conversion_any_stage") in words(app)
    assert list(table(app, "waiting")["entered"]) == [15, 6, 11, 3]
    assert app.query_params["variant"] in ("any_stage", ["any_stage"])


def test_filters_leave_the_rows_of_who_was_chosen(open_app: OpenApp, numbers: Numbers) -> None:
    app = open_app(PAGE, user="executive", lang="en", rep="R1")
    assert list(table(app, "win_probability")["opportunity_id"]) == ["OP12"]
    app = open_app(PAGE, user="executive", lang="en", campaign="CMP3")
    assert list(table(app, "win_probability")["opportunity_id"]) == ["OP15"]
    assert Numbers("en", numbers.currency).value(28_000, "money") in [metric.value for metric in app.metric]


def test_an_opportunity_shows_its_stages_quotations_and_activities(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="executive", lang="en", opportunity="OP12")
    expected = [row["activity_id"] for row in rows("activities") if row["opportunity_id"] == "OP12"]
    assert sorted(table(app, "activity_id")["activity_id"]) == sorted(expected)
    assert list(table(app, "quotation_id")["quotation_id"]) == ["QT11"]
    stages = [row["changed_at"][:10] for row in rows("opportunity_stage_changes") if row["opportunity_id"] == "OP12"]
    assert [str(day)[:10] for day in table(app, "left_date")["entered_date"]] == stages
    assert EN("pipeline.unknown_opportunity") in words(open_app(PAGE, user="executive", lang="en", opportunity="XX"))


def test_a_rep_sees_the_own_customers_and_no_campaign_costs(
    open_app: OpenApp, add_user: Callable[[User], None], warehouse: Warehouse
) -> None:
    add_user(User("li", "Li Na", "sales", scope=ScopeRule("sales_rep", ("R1",))))
    app = open_app(PAGE, user="li", lang="en")
    own = set(warehouse.frame("select customer_id from core.dim_customers where sales_rep_id = 'R1'")["customer_id"])
    expected = warehouse.frame("select opportunity_id, customer_id from marts.mart_pipeline where is_open = 1")
    assert set(table(app, "win_probability")["opportunity_id"]) == {
        number for number, customer in expected.rows() if customer in own
    }
    closed = words(open_app(PAGE, user="li", lang="en", section="campaigns"))
    assert EN("state.forbidden_scope") in closed


def test_a_source_without_a_crm_is_not_connected(open_app: OpenApp, adventureworks_build: BuildSummary) -> None:
    home: Path = adventureworks_build.file.parents[1]
    page = words(open_app(PAGE, home=home, user="executive", lang="en"))
    assert EN("state.not_connected_title") in page
    assert "opportunities" in page


def test_the_demo_stages_add_up(demo_build: BuildSummary) -> None:
    opened = open_warehouse(demo_build.file)
    raw = opened.frame(
        "select count(distinct opportunity_id) as n from canonical.cnl_opportunity_stage_changes "
        "where stage = 'qualification'"
    )["n"][0]
    found = questions.conversion(opened, "any_stage", date(2000, 1, 1), opened.as_of, ALL)
    assert found.filter(pl.col("stage") == "qualification")["entered"].to_list() == [raw]
    assert (found["entered"] == found["advanced"] + found["lost"] + found["waiting"]).all()
    opened.close()
