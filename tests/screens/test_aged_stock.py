"""The page of aged stock: its figures against the build, each control, and a disposition from form to list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tests.screens.test_clear_to_build import table
from tower.builds import BuildSummary
from tower.i18n import Language, Numbers, Text
from tower.queries import aged_stock, stock_bridge
from tower.store import Store, open_store
from tower.store.dispositions import StockDisposition, dispose, stock_dispositions
from tower.warehouse import Warehouse

PAGE = "inventory/aged_stock"
EN = Text("en")
ALL = ((), (), ())


def said(app: AppTest) -> str:
    """Everything that is written on the page, with what is told in boxes."""
    boxes = (one.value for kind in (app.info, app.success, app.warning, app.error) for one in kind)
    return "\n".join([words(app), *boxes])


@pytest.fixture
def empty_store(example_home: Path) -> Iterator[Store]:
    """The app store without dispositions, before and after."""
    store = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    yield store
    with store.engine.begin() as connection:
        connection.exec_driver_sql("delete from stock_dispositions")
    store.close()


def test_cards_show_the_totals_of_the_build(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text, numbers: Numbers
) -> None:
    app = open_app(PAGE, user="finance", lang=language)
    totals = warehouse.frame(
        "select sum(aged_value), sum(obsolete_value), sum(excess_value), sum(rate_provision_value), "
        "sum(value_provision_value), sum(undetermined_value) from core.fct_aged_stock_positions"
    ).row(0)
    names = ("aged", "obsolete", "excess", "by_rates", "by_value", "unknown")
    assert [value_of(app, text(f"aged_stock.{name}")) for name in names] == [
        numbers.value(total, "money") for total in totals
    ]
    raw = warehouse.frame("select sum(value) from core.fct_stock_layers where age_days > 180").item()
    assert totals[0] == pytest.approx(raw)


def test_filters_narrow_everything(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="finance", lang="en", plant="PL1", type="finished")
    value = warehouse.frame(
        "select sum(positions.aged_value) from core.fct_aged_stock_positions as positions "
        "inner join core.dim_items as items on positions.item_id = items.item_id "
        "inner join core.dim_locations as places on positions.location_id = places.location_id "
        "where places.plant_id = 'PL1' and items.item_type = 'finished'"
    ).item()
    assert value_of(app, EN("aged_stock.aged")) == Numbers("en", warehouse.company_currency).value(value, "money")


@pytest.mark.parametrize("clock", aged_stock.CLOCKS)
def test_the_clock_is_switched_and_kept_in_the_address(open_app: OpenApp, clock: str) -> None:
    app = open_app(PAGE, user="finance", lang="en")
    app.segmented_control(key="pick_clock").set_value(clock).run()
    assert not app.exception
    assert app.query_params.get("clock", "layer") in (clock, [clock])
    assert EN(f"aged_stock.clock_{clock}_note") in words(app)


@pytest.mark.parametrize("group", aged_stock.GROUPS)
def test_bars_are_stacked_by_each_group(open_app: OpenApp, group: str) -> None:
    app = open_app(PAGE, user="finance", lang="zh", by=group, brackets="years", clock="cover")
    assert not app.exception


@pytest.mark.parametrize("name", list(aged_stock.LISTS))
def test_each_list_is_ranked_by_its_money(open_app: OpenApp, warehouse: Warehouse, name: str) -> None:
    app = open_app(PAGE, user="finance", lang="en", list=name)
    column = aged_stock.LISTS[name]
    expected = aged_stock.positions(warehouse, ALL).filter(pl.col(column) > 0)
    if name == "contradiction":
        expected = expected.filter(pl.col("clock_finding").is_not_null())
    if expected.is_empty():
        assert EN("aged_stock.list_none") in words(app)
        return
    shown = table(app, "rate_provision_value") if name == "provision" else table(app, "value")
    values = shown[column].dropna().to_list()  # type: ignore[index]
    assert values == sorted(values, reverse=True)
    assert len(shown) == expected.height  # type: ignore[arg-type]


def test_rates_of_the_readers_own_are_worked_out_and_not_kept_in_the_build(
    open_app: OpenApp, warehouse: Warehouse
) -> None:
    app = open_app(PAGE, user="finance", lang="en", brackets="own", bounds="100, 400", rates="0, 10, 50")
    layers = warehouse.frame("select age_days, value from core.fct_stock_layers")
    old, older = (
        layers.filter((pl.col("age_days") > first) & (pl.col("age_days") <= last))["value"].sum()
        for first, last in ((100, 400), (400, 10**6))
    )
    wanted = Numbers("en", warehouse.company_currency).value(0.1 * old + 0.5 * older, "money")
    assert f"At these rates **{wanted}** would be provided for" in said(app)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [({"bounds": "400, 100"}, "aged_stock.bounds_wrong"), ({"bounds": "100, 400", "rates": "5, 120, 1"}, "aged_stock.rates_wrong")],
)  # fmt: skip
def test_what_cannot_be_used_is_said(open_app: OpenApp, parameters: dict[str, str], sentence: str) -> None:
    app = open_app(PAGE, user="finance", lang="en", brackets="own", **parameters)
    assert EN(sentence, count=3) in said(app)


def test_one_position_shows_clocks_layers_arithmetic_and_uses(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="finance", lang="en", position="F150@DC1")
    assert value_of(app, EN("aged_stock.clock_layer")) == "406 days"
    assert value_of(app, EN("aged_stock.clock_cover")) == "never"
    written = words(app)
    assert "By the rate table: ¥3,360.00 older than 366 days × 60% = **¥2,016.00**" in written
    assert "7 PCS are not used by the plan. Sold at ¥755.57, less costs to sell ¥725.35" in written.replace(
        "pcs", "PCS"
    )
    layers = table(app, "route")
    assert len(layers) == len(aged_stock.layers(warehouse, "F150", "DC1"))  # type: ignore[arg-type]
    uses = table(app, "freed_value")
    assert list(uses["freed_value"]) == [1920.0, 1440.0]  # type: ignore[index]


def test_the_bridge_of_each_month_closes_on_the_page(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="finance", lang="en", section="bridge", after="90")
    shown = table(app, "end_value")
    expected = stock_bridge.bridge(warehouse, ALL, 90)["end_value"].to_list()[::-1]
    assert list(shown["end_value"]) == pytest.approx(expected)  # type: ignore[index]
    assert set(shown["difference"]) <= {0.0, -0.0}  # type: ignore[index]


def test_a_disposition_is_set_changed_and_done(open_app: OpenApp, empty_store: Store, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="finance", lang="en", position="F150@DC1")
    field = "F150@DC1/0"
    app.selectbox(key=f"disposition_kind/{field}").set_value("sell_off")
    app.selectbox(key=f"disposition_owner/{field}").set_value("planner")
    app.date_input(key=f"disposition_due/{field}").set_value(date(2026, 7, 31))
    app.text_input(key=f"disposition_note/{field}").set_value("offer to K03").run()
    app.button(key="disposition_save").click().run()
    assert EN("aged_stock.saved") in said(app)
    (kept,) = stock_dispositions(empty_store)
    assert (kept.disposition, kept.owner, kept.due_date, kept.note, kept.author, kept.quantity, kept.stock_value) == (
        "sell_off", "planner", date(2026, 7, 31), "offer to K03", "finance", 7.0, 3360.0,
    )  # fmt: skip
    shown = table(app, "oldest_receipt_date")
    assert shown["owner"].iloc[0] == "planner"  # type: ignore[index]
    app.button(key="disposition_finish/position").click().run()
    assert [one.status for one in stock_dispositions(empty_store)] == ["done"]
    assert empty_store.audit_log(f"stock_disposition/{kept.disposition_id}")[0].action == "finish_disposition"


def test_the_second_person_is_told(open_app: OpenApp, empty_store: Store) -> None:
    app = open_app(PAGE, user="finance", lang="en", position="F150@DC1")
    dispose(
        empty_store, StockDisposition("F150", "DC1", "scrap", "planner", date(2026, 8, 1), 7.0), "planner", BUILT_AT
    )
    app.button(key="disposition_save").click().run()
    assert any("planner decided on" in one.value for one in app.error)
    assert [one.disposition for one in stock_dispositions(empty_store)] == ["scrap"]


def test_overdue_and_gone_are_marked(
    open_app: OpenApp, empty_store: Store, example_build: BuildSummary, language: Language, text: Text
) -> None:
    late = example_build.as_of - timedelta(days=1)
    dispose(empty_store, StockDisposition("F150", "DC1", "scrap", "planner", late, 7.0, 3360.0), "planner", BUILT_AT)
    dispose(empty_store, StockDisposition("GONE", "PL1", "use_up", "planner", late, 7.0), "planner", BUILT_AT)
    app = open_app(PAGE, user="finance", lang=language, section="dispositions")
    assert list(table(app, "state")["state"]) == [text("aged_stock.state_overdue"), text("aged_stock.state_gone")]  # type: ignore[index]


def test_who_does_not_decide_reads(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="executive", lang="en", position="F150@DC1")
    assert EN("aged_stock.readers") in words(app)
    assert not [one for one in app.button if one.key == "disposition_save"]


def test_without_movements_it_is_not_connected(open_app: OpenApp, adventureworks_build: BuildSummary) -> None:
    app = open_app(PAGE, home=adventureworks_build.file.parents[1], user="finance", lang="en")
    assert EN("state.not_connected_title") in words(app)
    assert "stock_movements" in words(app)
