"""Sentences about wrong change files: each with a code, the same in both languages, also the sentences within."""

from __future__ import annotations

import re

import pytest

from planning.scenarios.document import read_scenario
from planning.scenarios.fields import suggestion
from planning.scenarios.mistakes import SENTENCES, Mistake, said
from planning.scenarios.problems import ScenarioError
from tests.unit.scenario_plant import base, scenario
from tower.i18n import Text
from tower.i18n.text import texts
from tower.ui.scenarios.problems import in_words, sentence_of_problem

EN, ZH = Text("en"), Text("zh")
PREFIX = "mistake."


def problems(text: str) -> list[Mistake]:
    with pytest.raises(ScenarioError) as raised:
        read_scenario(text)
    return [one.sentence for one in raised.value.problems]  # type: ignore[misc]


def changed(*changes: str) -> list[Mistake]:
    """What a plan refuses of some changes."""
    with pytest.raises(ScenarioError) as raised:
        base().run(scenario(*changes))
    return [one.sentence for one in raised.value.problems]  # type: ignore[misc]


def test_the_app_has_every_sentence_of_the_command_line() -> None:
    """In English to the letter; in Chinese about the same things."""
    in_app = {key.removeprefix(PREFIX): text for key, text in texts("en").items() if key.startswith(PREFIX)}
    assert in_app == dict(SENTENCES)
    for code, sentence in SENTENCES.items():
        named = [re.findall(r"\{(\w+)", one) for one in (sentence, texts("zh")[PREFIX + code])]
        assert sorted(named[0]) == sorted(named[1]), code


def test_a_sentence_is_text_that_keeps_its_code() -> None:
    one = said("unknown_item", name="A1", hint=suggestion("A1", ["A11", "B"]))
    assert one == "No item 'A1' is planned. Did you mean A11?"
    assert (one.code, one.parameters["name"]) == ("unknown_item", "A1")
    assert in_words(EN, one) == one
    assert in_words(ZH, one) == "没有被计划的物料“A1”。是否指 A11？"


def test_a_name_with_braces_is_no_template() -> None:
    one = said("unknown_item", name="{hint}", hint="")
    assert in_words(EN, one) == "No item '{hint}' is planned."
    assert in_words(ZH, one) == "没有被计划的物料“{hint}”。"


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("scenario: 1\nname: x\nchanges:\n  - {kind: demand_facto, factor: 1}\n",
         ["没有“demand_facto”这种更改。是否指 demand_factor 或 demand_shift 或 demand_add？"]),
        ("scenario: 1\nname: x\nchanges:\n  - {kind: demand_factor, factor: -1}\n",
         ["此处不能填“-1”。请填写0 至 1,000 之间的数字。"]),
        ("scenario: 1\nname: x\nchanges:\n  - {kind: demand_factor}\n",
         ["demand_factor 需要 `factor`：0 至 1,000 之间的数字。"]),
        ("scenario: 1\nname: x\nchanges:\n  - {kind: lead_time, set: 3, factor: 2}\n",
         ["set、factor、add 中须且仅须给出一个；现在给出了 set、factor。"]),
        ("scenario: 2\nchanges: []\n", ["文件按版本“2”编写，本程序读取版本 1。", "缺少名称：请写 `name: …`。"]),
        ("nonsense", ["更改文件以 `scenario: 1`、`name: …` 和 `changes:` 开头。"]),
    ],
)  # fmt: skip
def test_wrong_files_in_chinese(text: str, chinese: list[str]) -> None:
    assert [in_words(ZH, one) for one in problems(text)] == chinese


@pytest.mark.parametrize(
    ("change", "chinese"),
    [
        ("kind: lead_time, supplier: VV, add: 3", "lead_time：没有供应商“VV”。"),
        ("kind: safety_stock, item: P, family: Chips, set: 3",
         "safety_stock：没有计划物料同时满足：物料 P，品类 Chips。请去掉其中一项条件。"),
        ("kind: operation_hours, work_centre: ASN, factor: 2", "operation_hours：没有工作中心“ASN”。是否指 ASM？"),
    ],
)  # fmt: skip
def test_what_a_plan_refuses_in_chinese(change: str, chinese: str) -> None:
    (one,) = changed(change)
    assert in_words(ZH, one).startswith(chinese)
    assert in_words(EN, one) == one


def test_every_problem_of_reading_and_of_planning_has_a_code() -> None:
    wrong = (
        "scenario: 1\nname: x\nwhat: 1\nchanges:\n"
        "  - {kind: rush_order, quantity: many, date: tomorrow}\n"
        "  - {kind: demand_add, quantity: 1, from: 2026-09-01, to: 2026-08-01}\n"
        "  - {kind: lot_rule, item: A, maximum: 1, minimum: 2, multiple: 3}\n"
        "  - {kind: new_substitute, item: A, substitute: A}\n"
        "  - {kind: move_planned_order, item: P}\n"
        "  - {item: A}\n"
        "  - text\n"
    )
    found = problems(wrong)
    assert len(found) > 8
    assert all(isinstance(one, Mistake) for one in found)
    with pytest.raises(ScenarioError) as raised:
        base().run(scenario("kind: supplier_delay, supplier: X, days: 3", "kind: cancel_demand, order: S2"))
    for one in raised.value.problems:
        assert isinstance(one.sentence, Mistake)
        assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", sentence_of_problem(ZH, one))
