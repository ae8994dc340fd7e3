"""The pages of OEE, quality and lot trace: each control, figures against the raw rows, and what is not connected."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import lot_trace, oee, quality
from tower.ui.control_charts import subgroups
from tower.warehouse import Warehouse, open_warehouse

OEE, QUALITY, TRACE = "production/oee", "production/quality", "production/lot_trace"
YEAR = (date(2025, 7, 1), date(2026, 6, 30))


def test_times_are_those_of_the_raw_states(warehouse: Warehouse) -> None:
    raw = dict(
        warehouse.frame(
            """
            select state, sum(date_diff('second', started_at, ended_at)) / 3600.0 as hours
            from canonical.cnl_work_centre_states group by state
            """
        ).rows()
    )
    sums = oee.total(oee.components(warehouse, oee.Chosen(*YEAR), "work_centre")).row(0, named=True)
    for state, hours in raw.items():
        assert sums[f"{state}_hours"] == pytest.approx(hours), state
    assert sums["busy_hours"] == pytest.approx(sum(raw.values()) - raw["planned_downtime"])
    assert sums["calendar_hours"] == 2 * 5 * 24


@pytest.mark.parametrize("by", list(oee.GROUPS))
def test_every_group_sums_to_the_whole(warehouse: Warehouse, by: str) -> None:
    chosen = oee.Chosen(*YEAR)
    whole = oee.total(oee.components(warehouse, chosen, "work_centre"))
    grouped = oee.total(oee.components(warehouse, chosen, by))
    names = ["calendar_hours", "busy_hours", "production_hours", "idle_hours"]
    if by != "work_unit":
        names += ["planned_run_hours", "good_run_hours"]
    for name in names:
        assert grouped[name].item() == pytest.approx(whole[name].item()), name


def test_an_unknown_group_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(ValueError, match="not by 'moon'"):
        oee.components(warehouse, oee.Chosen(*YEAR), "moon")
    with pytest.raises(ValueError, match="not by 'moon'"):
        quality.defects(warehouse, quality.Chosen(*YEAR), "moon")


def test_filters_narrow_what_is_counted(warehouse: Warehouse) -> None:
    weld = oee.components(warehouse, oee.Chosen(*YEAR, centres=("WELD",)), "work_centre")
    assert weld["value"].to_list() == ["WELD"]
    assert weld["oee"].item() == pytest.approx(0.6)
    late = oee.components(warehouse, oee.Chosen(*YEAR, shifts=("late 晚班",)), "shift")
    assert late["value"].to_list() == ["late 晚班"]
    assert late["busy_hours"].item() == 0


def test_the_rolled_yield_is_the_product_of_the_operations(warehouse: Warehouse) -> None:
    operations = quality.yield_by_operation(warehouse, quality.Chosen(*YEAR))
    rolled = dict(quality.rolled_yield(operations).select("item_id", "rolled_yield").rows())
    for item, expected in rolled.items():
        product = 1.0
        for row in operations.filter(pl.col("item_id") == item).iter_rows(named=True):
            product *= row["first_pass_yield"]
        assert expected == pytest.approx(product), item


def test_defects_are_all_rejected_units_and_the_shares_end_at_one(warehouse: Warehouse) -> None:
    raw = warehouse.frame("select sum(rejected_quantity) from canonical.cnl_quality_inspections").item()
    for by in ("defect", "item"):
        found = quality.defects(warehouse, quality.Chosen(*YEAR), by)
        assert found["rejected_quantity"].sum() == raw
        assert found["cumulative_share"][-1] == pytest.approx(1)
        assert found["share"].is_sorted(descending=True)
    inspections = quality.rejections(warehouse, quality.Chosen(*YEAR), "defect", "dents 凹痕", None)
    assert inspections["inspection_id"].to_list() == ["QI013"]


def test_subgroups_are_the_inspections_of_the_commonest_size() -> None:
    at = date(2026, 1, 1)
    samples = pl.DataFrame(
        [(f"Q{n}", at, s, float(v)) for n, values in ((1, (1, 3)), (2, (2, 6)), (3, (5,))) for s, v in enumerate(values)],
        schema={"inspection_id": pl.String, "inspected_at": pl.Date, "sample": pl.Int32, "measured_value": pl.Float64},
        orient="row",
    ).with_columns(
        supplier_id=pl.lit(None, pl.String), production_order_id=pl.lit(None, pl.String), lot_id=pl.lit(None, pl.String)
    )  # fmt: skip
    groups, size, left_out = subgroups(samples)
    assert (size, left_out) == (2, 1)
    assert groups.select("inspection_id", "level", "spread").rows() == [("Q1", 2.0, 2.0), ("Q2", 4.0, 4.0)]
    alone, size, _ = subgroups(samples.filter(pl.col("sample") == 0))
    assert size == 1
    assert alone["spread"].to_list()[1:] == [1.0, 3.0]


def test_the_cards_show_the_figures_of_the_catalogue(open_app: OpenApp, text: Text, language: Language) -> None:
    app = open_app(OEE, user="planner", lang=language)
    title = {"en": ("Availability", "Effectiveness"), "zh": ("可用率", "性能率")}[language]
    assert value_of(app, title[0]) == "36.2%"
    assert value_of(app, title[1]) == "87.3%"
    assert text("oee.losses") in words(app)
    assert text("oee.odd_unrecorded", hours="60 h" if language == "en" else "60 小时")[:4] in words(app)


@pytest.mark.parametrize("section", ["losses", "groups", "states", "reports"])
def test_each_section_of_oee_opens(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(OEE, user="planner", lang=language, section=section)
    assert app.dataframe, section


@pytest.mark.parametrize("group", list(oee.GROUPS))
def test_oee_can_be_grouped(open_app: OpenApp, group: str) -> None:
    app = open_app(OEE, user="planner", section="groups", group=group)
    shown = app.dataframe[0].value
    assert shown.iloc[-1, 0] == "All together"
    assert app.query_params.get("group") in (["group"], [group], group)


def test_the_state_and_the_filters_come_from_the_url(open_app: OpenApp) -> None:
    app = open_app(OEE, user="planner", section="states", state="breakdown", centre="WELD", shift="day 白班")
    assert app.dataframe[0].value["hours"].sum() == pytest.approx(11)
    app = open_app(OEE, user="planner", section="states", state="breakdown", centre="ASSY")
    assert not app.dataframe
    assert Text("en")("state.empty_title") in words(app)


def test_a_card_opens_its_documents(open_app: OpenApp) -> None:
    app = open_app(OEE, user="planner", metric="availability_rate")
    assert Text("en")("detail.documents") in words(app)


@pytest.mark.parametrize("section", ["yield", "defects", "control", "costs"])
def test_each_section_of_quality_opens(open_app: OpenApp, language: Language, section: str) -> None:
    app = open_app(QUALITY, user="planner", lang=language, section=section)
    assert app.metric


@pytest.mark.parametrize("by", list(quality.DEFECT_GROUPS))
def test_defects_can_be_grouped(open_app: OpenApp, language: Language, by: str) -> None:
    app = open_app(QUALITY, user="planner", lang=language, section="defects", defects=by)
    assert app.dataframe[0].value["cumulative_share"].iloc[-1] == pytest.approx(1)


@pytest.mark.parametrize("base", ["20", "40", "all"])
def test_the_base_of_the_limits_can_be_chosen(open_app: OpenApp, base: str) -> None:
    app = open_app(QUALITY, user="planner", section="control", base=base)
    assert value_of(app, "Cpk")


def test_prevention_is_said_to_be_not_connected(open_app: OpenApp, text: Text, language: Language) -> None:
    app = open_app(QUALITY, user="planner", lang=language, section="costs")
    assert value_of(app, text("quality.class_prevention")) == text("quality.not_connected")


def test_costs_add_up_to_the_card(
    open_app: OpenApp, warehouse: Warehouse, numbers: Numbers, language: Language
) -> None:
    total = warehouse.frame("select sum(value) from core.fct_quality_costs").item()
    app = open_app(QUALITY, user="planner", lang=language, section="costs", period="all")
    assert value_of(app, {"en": "Cost of poor quality", "zh": "质量成本"}[language]) == numbers.value(total, "money")


def test_a_lot_is_found_and_traced_both_ways(open_app: OpenApp, text: Text, language: Language) -> None:
    app = open_app(TRACE, user="planner", lang=language, find="BAT-2602", start="lot:BAT-2602")
    assert int(value_of(app, text("lot_trace.customers"))) >= 1
    assert "BAT-2602" in words(app)
    for section in ("shipped", "on_hand", "receipts", "uses"):
        open_app(TRACE, user="planner", lang=language, start="lot:BAT-2602", section=section)
    back = open_app(TRACE, user="planner", lang=language, start="lot:BAT-2602", direction="backward")
    assert value_of(back, text("lot_trace.suppliers")) == "1"


def test_the_recall_list_is_that_of_the_query(open_app: OpenApp, warehouse: Warehouse) -> None:
    expected = lot_trace.trace(warehouse, "forward", "lot", "BAT-2602").customers
    app = open_app(TRACE, user="planner", start="lot:BAT-2602")
    shown = app.dataframe[-1].value
    assert shown["quantity"].tolist() == expected["quantity"].to_list()
    assert shown["document"].tolist() == expected["document"].to_list()


def test_what_nobody_knows_is_said(open_app: OpenApp, text: Text, language: Language) -> None:
    assert text("lot_trace.nothing_found", words="zzz") in words(
        open_app(TRACE, user="planner", lang=language, find="zzz")
    )
    app = open_app(TRACE, user="planner", lang=language, start="lot:NONE")
    assert text("lot_trace.no_movement", identity="NONE") in words(app)
    assert text("lot_trace.choose") in [one.value for one in open_app(TRACE, user="planner", lang=language).info]


@pytest.mark.parametrize(
    ("find", "kind"), [("V04", "receipt"), ("C640", "lot"), ("MO3028", "production_order"), ("K05", "delivery")]
)
def test_a_search_finds_by_supplier_item_order_and_customer(warehouse: Warehouse, find: str, kind: str) -> None:
    assert kind in lot_trace.find(warehouse, find)["kind"].to_list()


def test_adventureworks_says_what_is_not_connected(
    open_app: OpenApp, adventureworks_build: BuildSummary, text: Text, language: Language
) -> None:
    home = adventureworks_build.file.parents[1]
    shown = words(open_app(OEE, home=home, user="planner", lang=language))
    assert text("state.not_connected_title") in shown
    assert "work_centre_states" in shown
    open_app(QUALITY, home=home, user="planner", lang=language)
    open_app(TRACE, home=home, user="planner", lang=language)


def test_the_demo_company_balances_its_hours(demo_build: BuildSummary) -> None:
    opened = open_warehouse(demo_build.file)
    frame = opened.frame(
        """
        select
            sum(calendar_hours) as calendar,
            sum(not_scheduled_hours + unrecorded_hours + planned_downtime_hours + busy_hours) as parts,
            min(unrecorded_hours) as least
        from core.fct_work_centre_times
        """
    )
    assert frame["calendar"].item() == pytest.approx(frame["parts"].item())
    assert frame["least"].item() >= -1e-9
    opened.close()
