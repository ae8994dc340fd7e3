from __future__ import annotations

from tests.screens.conftest import OpenApp, words
from tower.i18n import Language, Text, confusion_register
from tower.metrics import load_catalogue
from tower.warehouse import Warehouse

PAGE = "administration/definitions"


def test_every_metric_of_the_build_is_defined_in_the_readers_language(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="sales", lang=language)
    catalogue = load_catalogue(warehouse)
    written = words(app)
    for metric in catalogue.metrics.values():
        assert (metric.definition_zh if language == "zh" else metric.definition) in written, metric.name
    count = len(catalogue.metrics)
    assert count >= 30
    assert text("definition.found", count=count, all=count) in written


def test_every_confused_term_stands_with_the_rule_of_this_product(open_app: OpenApp, language: Language) -> None:
    app = open_app(PAGE, user="sales", lang=language)
    written = words(app)
    for term in confusion_register():
        assert (term.rule_zh if language == "zh" else term.rule) in written
    assert len(confusion_register()) == 23


def test_searching_narrows_the_entries(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="sales")
    app.text_input(key="pick_search").set_value("gross margin").run()
    assert app.query_params["search"] == "gross margin"
    found = {
        metric.name
        for metric in load_catalogue(warehouse).metrics.values()
        if "gross margin" in f"{metric.name} {metric.label} {metric.definition}".casefold()
    }
    shown = {key.removeprefix("show_") for button in app.button if (key := button.key or "").startswith("show_")}
    assert {"gross_margin_rate", "gross_margin_value"} <= shown
    assert shown == found


def test_a_search_in_chinese_finds_the_same_metric(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="sales", search="准时发货率")
    assert (
        app.container(key="entry_on_time_shipment_rate")
        .markdown[0]
        .value.startswith("**On-time shipment** · 准时发货率")
    )
    app.button(key="all_metrics").click().run()
    assert "search" not in app.query_params


def test_an_area_keeps_its_metrics(open_app: OpenApp, warehouse: Warehouse) -> None:
    app = open_app(PAGE, user="sales")
    app.selectbox(key="pick_area").set_value("inventory").run()
    expected = [metric.name for metric in load_catalogue(warehouse).metrics.values() if metric.area == "inventory"]
    shown = [button.key for button in app.button if (button.key or "").startswith("show_")]
    assert shown == [f"show_{name}" for name in expected]


def test_a_link_to_one_metric_shows_all_of_it(
    open_app: OpenApp, warehouse: Warehouse, language: Language, text: Text
) -> None:
    app = open_app(PAGE, user="sales", lang=language, metric="on_time_in_full_rate")
    entry = app.container(key="entry_on_time_in_full_rate")
    lines = entry.table[0].value
    written = dict(zip(lines.index, lines.iloc[:, 0], strict=True))
    metric = load_catalogue(warehouse).metric("on_time_in_full_rate")
    assert written[text("definition.formula")] == (metric.formula_zh if language == "zh" else metric.formula)
    assert written[text("definition.connection")] == text("definition.connected")
    app.button(key="all_metrics").click().run()
    assert "metric" not in app.query_params


def test_nothing_found_says_so(open_app: OpenApp) -> None:
    app = open_app(PAGE, user="sales", search="no such figure")
    assert Text("en")("definition.none_found") in words(app)
