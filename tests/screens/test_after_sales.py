"""The after-sales page: every section in both languages, figures against raw rows, the chain of a case, what is not there."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.access import ScopeRule, row_scope_for
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import after_sales, after_sales_goods
from tower.queries.after_sales import Chosen
from tower.ui.after_sales.satisfaction import with_intervals
from tower.ui.after_sales.screen import SECTIONS
from tower.warehouse import Warehouse, open_warehouse

PAGE = "customers/after_sales"
EN = Text("en")


def everything(warehouse: Warehouse, **narrowed: object) -> Chosen:
    day = warehouse.as_of
    return Chosen(day.replace(year=day.year - 20), day, **narrowed)  # type: ignore[arg-type]


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_section_opens_in_both_languages(
    open_app: OpenApp, demo_home: Path, language: Language, section: str
) -> None:
    app = open_app(PAGE, home=demo_home, user="executive", lang="en", period="all")
    app.segmented_control(key="pick_section").set_value(section).run()
    assert app.query_params.get("section", "overview") == section
    again = open_app(PAGE, home=demo_home, user="sales", lang=language, section=section, period="all")
    assert again.dataframe or Text(language)("after_sales.choose_case") in [one.value for one in again.info]


@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_section_opens_on_the_example(open_app: OpenApp, language: Language, section: str) -> None:
    open_app(PAGE, user="executive", lang=language, section=section)


def test_a_source_without_cases_is_not_connected(
    open_app: OpenApp, adventureworks_build: BuildSummary, language: Language
) -> None:
    app = open_app(PAGE, home=adventureworks_build.file.parents[1], user="executive", lang=language)
    said = words(app)
    assert Text(language)("state.not_connected_title") in said
    assert "service_cases" in said
    assert "satisfaction_responses" in said
    assert not app.dataframe


def test_cards_say_how_many_answered_and_how_sure_that_is(
    open_app: OpenApp, language: Language, text: Text, numbers: Numbers
) -> None:
    """The example by hand: 3 of 6 satisfied; 1 promoter, 3 detractors of 7; 5 of 8 answered in their hours."""
    app = open_app(PAGE, user="executive", lang=language)
    label = {"en": ("CSAT", "NPS", "Answered within target"), "zh": ("客户满意度（CSAT）", "净推荐值（NPS）", "首次响应达标率")}  # fmt: skip
    csat, nps, answered = label[language]
    assert value_of(app, csat) == "50.0%"
    assert value_of(app, nps) == "−29"
    assert value_of(app, answered) == "62.5%"
    said = words(app)
    for count in ("6", "7"):
        assert text("after_sales.answers_count", count=count) in said
    assert text("after_sales.interval", low="19%", high="81%") in said
    assert said.count(text("after_sales.few_answers")) == 5


def test_filters_narrow_every_number_and_stay_in_the_address(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="executive", lang="en", period="all", section="cases")
    app.multiselect(key="pick_type").set_value(["warranty"]).run()
    assert app.query_params["type"] == "warranty"
    assert value_of(app, "Service cases") == "2"
    assert value_of(app, "Warranty cost") == "¥1.50 K"
    assert sorted(table(app, "case_id")["case_id"]) == ["SC02", "SC07"]
    assert any("case type" in one.value.lower() or "type of case" in one.value.lower() for one in app.caption)
    app = open_app(PAGE, user="executive", lang="en", period="all", section="cases", customer="K03")
    assert sorted(table(app, "case_id")["case_id"]) == ["SC03", "SC09"]
    assert after_sales.breakdown(warehouse, everything(warehouse, customer="K03"), "item", "cases")["cases"].sum() == 2
    open_app(PAGE, user="executive", lang="en", customer="nobody", family="none", segment="x", type="praise")


def test_open_cases_stand_by_missed_target_and_worth(open_app: OpenApp, demo_home: Path, demo: Warehouse) -> None:
    app = open_app(PAGE, home=demo_home, user="sales", lang="en", section="open")
    listed = table(app, "days_open")
    raw = demo.frame(
        "select case_id from canonical.cnl_service_cases where resolved_at is null order by case_id"
    ).to_series()
    assert sorted(listed["case_id"]) == raw.to_list()
    frame = after_sales.open_cases(demo, everything(demo))
    missed = (frame["is_resolution_missed"] + frame["is_response_missed"]).to_list()
    assert missed == sorted(missed, reverse=True)
    assert value_of(app, EN("after_sales.open_open")) == str(raw.len())


def test_one_case_shows_the_whole_chain(open_app: OpenApp, language: Language, text: Text) -> None:
    app = open_app(PAGE, user="executive", lang=language, section="case", case="SC07")
    said = words(app)
    for sentence in (
        text("after_sales.delivered", line="SO2040-1"), text("after_sales.others", batch="TRK-260518"),
        text("after_sales.made_by"), text("after_sales.parts"),
    ):  # fmt: skip
        assert sentence in said
    assert "SC02" in said, "the failure that it repeats"
    assert "lot_trace?" in said
    assert "quality?" in said
    assert "account?" in said
    assert table(app, "part_lot_id")["part_lot_id"].notna().any()
    sales = words(open_app(PAGE, user="sales", lang=language, section="case", case="SC07"))
    assert "lot_trace?" not in sales, "sales may not open the lot trace"


def test_a_case_that_is_not_there_says_so(open_app: OpenApp, text: Text, language: Language) -> None:
    app = open_app(PAGE, user="executive", lang=language, section="case", case="SC99")
    assert text("after_sales.unknown_case", case="SC99") in words(app)
    app = open_app(PAGE, user="executive", lang=language, section="case", case="SC08")
    assert text("after_sales.no_line") in words(app)


def test_lots_out_of_line_are_named_first(
    open_app: OpenApp, demo_home: Path, demo: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lot given ten failures that it never had is the one that is named."""
    chosen = everything(demo)
    units = after_sales_goods.delivered_units(demo, chosen)
    lot = (
        units.drop_nulls("batch_id").filter(pl.col("age") > 60).group_by("item_id", "batch_kind", "batch_id")
        .agg(pl.col("units").sum()).filter(pl.col("units").is_between(10, 40)).sort("item_id", "batch_id").row(0)
    )  # fmt: skip
    failed = after_sales_goods._failed(demo, chosen)
    planted = pl.DataFrame(
        {
            **{name: [None] * 10 for name in failed.columns}, "case_id": [f"X{one}" for one in range(10)],
            "item_id": [lot[0]] * 10, "batch_kind": [lot[1]] * 10, "batch_id": [lot[2]] * 10, "age": [20] * 10,
            "cost_value": [1.0] * 10, "customer_id": ["K"] * 10,
        },
        schema=failed.schema,
    )  # fmt: skip
    monkeypatch.setattr(after_sales_goods, "_failed", lambda *_: pl.concat([failed, planted]))
    found = after_sales_goods.lots(demo, chosen).frame
    assert found.row(0, named=True)["batch_id"] == lot[2]
    assert found.row(0, named=True)["standing"] == "high"
    assert found.filter(pl.col("standing") == "high").height == 1
    app = open_app(PAGE, home=demo_home, user="executive", lang="en", section="lots", period="all")
    assert EN("after_sales.lots_high", count=1) in [one.value for one in app.warning]


def test_types_that_are_no_failures_have_no_lots(open_app: OpenApp, demo_home: Path) -> None:
    app = open_app(PAGE, home=demo_home, user="executive", lang="en", section="lots", type="question")
    assert EN("after_sales.no_failure_type") in words(app)


def test_repeats_list_who_and_what_comes_back(open_app: OpenApp, text: Text, language: Language) -> None:
    app = open_app(PAGE, user="executive", lang=language, section="repeats", pair="K01~F200")
    pairs = table(app, "expected")
    assert list(pairs["customer_id"]) == ["K01"]
    assert list(pairs["observed"]) == [2]
    assert text("after_sales.pair_list", item="F200", customer="K01") in words(app)


def test_intervals_of_a_table_stand_beside_their_counts() -> None:
    frame = pl.DataFrame(
        {"value": ["a", "b"], "csat_responses": [6, 0], "satisfied": [3, 0], "nps_responses": [0, 7],
         "promoters": [0, 1], "detractors": [0, 3]}
    )  # fmt: skip
    found = with_intervals(frame).rows(named=True)
    assert found[0]["csat"] == 0.5
    assert found[0]["nps"] is None
    assert found[1]["csat"] is None
    assert found[1]["nps"] == pytest.approx(-200 / 7)
    assert found[1]["nps_low"] < -200 / 7 < found[1]["nps_high"]


def test_a_rep_sees_the_own_customers_alone(example_build: BuildSummary, warehouse: Warehouse) -> None:
    own = open_warehouse(example_build.file, row_scope_for(ScopeRule("sales_rep", ("R1",)), warehouse))
    try:
        seen = after_sales.cases(own, everything(own), None, None, None)
        assert set(seen["case_id"]) == {"SC02", "SC05", "SC07"}
        assert after_sales.satisfaction(own, everything(own), "month")["nps_responses"].sum() == 2
    finally:
        own.close()


def test_a_buyer_may_not_open_it(open_app: OpenApp, text: Text, language: Language) -> None:
    app = open_app(PAGE, user="buyer", lang=language)
    assert text("state.forbidden_title") in words(app)
