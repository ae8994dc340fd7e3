"""What people say about messages: comments, decisions with their trail, taken back, and gone with the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import delete

from tests.conftest import BUILT_AT
from tests.screens.conftest import OpenApp, value_of, words
from tower.access import ScopeRule
from tower.builds import BuildSummary
from tower.i18n import Language, Text
from tower.queries import planning_messages as questions
from tower.store import Store, User, open_store
from tower.store.comments import Comment, add_comment, change_comment, comments
from tower.store.decisions import (
    KEY_COLUMNS,
    MessageDecision,
    decide,
    message_decisions,
    message_keys,
    message_object,
    withdraw_decision,
)
from tower.store.scenarios import scenarios
from tower.store.schema import comments as comment_table
from tower.store.schema import message_decisions as decision_table
from tower.store.schema import scenario_inputs as input_table
from tower.store.schema import scenarios as scenario_table
from tower.warehouse import Warehouse

PAGE = "planning/messages"
EN = Text("en")


@pytest.fixture
def store(example_home: Path) -> Iterator[Store]:
    """The app store, without anything that was said at the end."""
    opened = open_store(f"sqlite:///{example_home / 'store.sqlite'}")
    yield opened
    with opened.engine.begin() as connection:
        for table in (comment_table, decision_table, scenario_table, input_table):
            connection.execute(delete(table))
    opened.close()


def key_of(warehouse: Warehouse, row: int = 0) -> tuple[str, ...]:
    """The key of the message that stands so far down the list."""
    return message_keys(questions.messages(warehouse)).select(KEY_COLUMNS).row(row)


def said(store: Store, name: str) -> list[tuple[str, str]]:
    return [(one.author, one.text) for one in comments(store, "message", name)]


def test_a_comment_is_written_and_shown_with_who_and_when(
    open_app: OpenApp, warehouse: Warehouse, store: Store, language: Language, text: Text
) -> None:
    name = message_object(key_of(warehouse))
    app = open_app(PAGE, user="planner", lang=language)
    assert app.button(key="comment_add").disabled
    app.text_input(key=f"comment_new_{name}").set_value("called them *today*").run()
    app.button(key="comment_add").click().run()
    assert said(store, name) == [("planner", "called them *today*")]
    assert "called them \\*today\\*" in words(app), "nothing in a comment is markup"
    (one,) = comments(store, "message", name)
    assert one.created_at is not None
    assert f"planner{'，' if language == 'zh' else ', '}" in words(app)
    assert text("comments.title", count=1) in words(app)
    assert app.text_input(key=f"comment_new_{name}").value == ""
    assert next(iter(app.dataframe[0].value["comments"])) == 1


def test_two_who_write_at_once_lose_nothing(open_app: OpenApp, warehouse: Warehouse, store: Store) -> None:
    name = message_object(key_of(warehouse))
    app = open_app(PAGE, user="planner")
    app.text_input(key=f"comment_new_{name}").set_value("mine").run()
    add_comment(store, Comment("message", name, "theirs"), "buyer", BUILT_AT)
    app.button(key="comment_add").click().run()
    assert said(store, name) == [("buyer", "theirs"), ("planner", "mine")]
    assert not app.error


def test_a_comment_that_was_changed_elsewhere_is_not_overwritten_and_the_new_text_stays_to_be_saved_again(
    open_app: OpenApp, warehouse: Warehouse, store: Store
) -> None:
    name = message_object(key_of(warehouse))
    kept = add_comment(store, Comment("message", name, "first"), "planner", BUILT_AT)
    app = open_app(PAGE, user="planner")
    field = f"comment_text_{kept.comment_id}_1"
    app.text_area(key=field).set_value("second, from here").run()
    # The same person, at another desk.
    change_comment(store, replace(kept, text="second, from there"), "planner", BUILT_AT)
    app.button(key=f"comment_save_{kept.comment_id}").click().run()
    assert len(app.error) == 1
    assert "second, from there" in app.error[0].value
    assert said(store, name) == [("planner", "second, from there")]
    app.text_area(key=f"comment_text_{kept.comment_id}_2").set_value("both").run()
    app.button(key=f"comment_save_{kept.comment_id}").click().run()
    assert said(store, name) == [("planner", "both")]


def test_only_ones_own_comments_are_edited_and_taken_back(
    open_app: OpenApp, warehouse: Warehouse, store: Store
) -> None:
    name = message_object(key_of(warehouse))
    theirs = add_comment(store, Comment("message", name, "theirs"), "buyer", BUILT_AT)
    mine = add_comment(store, Comment("message", name, "mine"), "planner", BUILT_AT)
    app = open_app(PAGE, user="planner")
    keys = {one.key for one in app.button}
    assert f"comment_out_{theirs.comment_id}" not in keys
    app.button(key=f"comment_out_{mine.comment_id}").click().run()
    assert said(store, name) == [("buyer", "theirs")]


def test_the_trail_of_a_decision_says_who_changed_what_from_which_value(
    open_app: OpenApp, warehouse: Warehouse, store: Store, language: Language, text: Text
) -> None:
    (first,) = decide(store, [MessageDecision(*key_of(warehouse), "accept", "agreed")], "buyer", BUILT_AT)
    decide(store, [replace(first, decision="reject", reason="too dear")], "planner", BUILT_AT)
    app = open_app(PAGE, user="planner", lang=language, state="decided")
    written = words(app)
    for name, before, after in (("decision", "accept", "reject"), ("reason", "agreed", "too dear")):
        values = (text(f"decision.{one}d") if name == "decision" else one for one in (before, after))
        changed = zip(("before", "after"), values, strict=True)
        assert text("decision.changed", field=text(f"decision_field.{name}"), **dict(changed)) in written
    assert written.index("**planner**") < written.index("**buyer**"), "the newest first"


def test_a_decision_taken_back_opens_the_message_and_a_stale_reader_is_told(
    open_app: OpenApp, warehouse: Warehouse, store: Store
) -> None:
    (kept,) = decide(store, [MessageDecision(*key_of(warehouse), "accept", "agreed")], "buyer", BUILT_AT)
    app, stale = (open_app(PAGE, user="planner", state="decided") for _ in range(2))
    app.button(key="decision_take_back").click().run()
    assert message_decisions(store) == []
    assert [one.value for one in app.success] == [EN("decision.taken_back")]
    decide(store, [MessageDecision(*key_of(warehouse), "reject", "no")], "buyer", BUILT_AT)
    stale.button(key="decision_take_back").click().run()
    assert len(stale.error) == 1
    assert [one.decision for one in message_decisions(store)] == ["reject"]
    assert kept.decision_id == message_decisions(store)[0].decision_id


@pytest.mark.parametrize("kind", ["accept", "reject"])
def test_every_decision_can_be_made_and_the_filter_of_all_shows_both(
    open_app: OpenApp, warehouse: Warehouse, store: Store, kind: str
) -> None:
    code = key_of(warehouse)[0]
    app = open_app(PAGE, user="buyer", code=code)
    app.segmented_control(key="decision_kind").set_value(kind).run()
    app.toggle(key="decision_all").set_value(True).run()
    app.text_input(key="decision_reason").set_value("so it is").run()
    app.button(key="decision_save").click().run()
    assert {one.decision for one in message_decisions(store)} == {kind}
    app.multiselect(key="pick_code").set_value([]).run()
    app.segmented_control(key="pick_state").set_value("all").run()
    assert value_of(app, EN("messages.count")) == f"{questions.messages(warehouse).height:,}"


def test_once_any_is_accepted_only_accepted_orders_are_proposed(
    open_app: OpenApp, warehouse: Warehouse, store: Store
) -> None:
    """Also while the list shows what is open, as it does at first."""
    found = message_keys(questions.messages(warehouse)).filter(
        questions.is_to_release() & (pl.col("order_type") == "planned_order")
    )
    orders = set(found["order_id"])
    one = found.row(0, named=True)
    same = found.filter(pl.all_horizontal(pl.col(name) == one[name] for name in KEY_COLUMNS))
    before = {
        number
        for kind in ("purchase", "production")
        for frame in [open_app(PAGE, user="planner", show="proposals", proposals=kind).dataframe]
        for number in (frame[0].value["plan_order_id"] if frame else ())
    }
    assert before <= orders
    assert len(before) > same.height
    decide(store, [MessageDecision(*(one[name] for name in KEY_COLUMNS), "accept", "agreed")], "buyer", BUILT_AT)
    after = {
        number
        for kind in ("purchase", "production")
        for frame in [open_app(PAGE, user="planner", show="proposals", proposals=kind).dataframe]
        for number in (frame[0].value["plan_order_id"] if frame else ())
    }
    assert after == set(same["order_id"])


def test_an_executive_reads_the_trail_and_takes_nothing_back(
    open_app: OpenApp, warehouse: Warehouse, store: Store
) -> None:
    decide(store, [MessageDecision(*key_of(warehouse), "accept", "agreed")], "buyer", BUILT_AT)
    app = open_app(PAGE, user="executive", state="decided")
    assert "agreed" in words(app)
    assert not [one for one in app.button if one.key == "decision_take_back"]


# Decided, and gone.

GONE = MessageDecision("EXP", "NO-SUCH", "P1", "purchase_order_line", "PO-GONE", "accept", "agreed by phone")


def test_decisions_whose_message_is_gone_have_a_list_of_their_own(
    open_app: OpenApp, warehouse: Warehouse, store: Store, example_build: BuildSummary, language: Language, text: Text
) -> None:
    place = warehouse.frame("select min(location_id) from core.dim_locations").item()
    gone = replace(GONE, location_id=place)
    decide(store, [gone, MessageDecision(*key_of(warehouse), "accept", "still there")], "buyer", BUILT_AT)
    app = open_app(PAGE, user="planner", lang=language)
    app.segmented_control(key="pick_show").set_value("gone").run()
    assert app.query_params["show"] == "gone"
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["code"], row["reason"], row["author"]) == ("EXP", "agreed by phone", "buyer")
    assert row["document"] == f"{text('document.purchase_order_line')} PO-GONE"
    assert row["gone_since"] == example_build.build_id
    assert "NO-SUCH" in row["lost"]
    assert "PO-GONE" in row["lost"]
    assert place not in row["lost"].replace("PO-GONE", "")


def test_nothing_gone_says_so(open_app: OpenApp, warehouse: Warehouse, store: Store) -> None:
    decide(store, [MessageDecision(*key_of(warehouse), "accept", "still there")], "buyer", BUILT_AT)
    app = open_app(PAGE, user="planner", show="gone")
    assert EN("messages.none_gone") in words(app)


def test_a_withdrawn_decision_is_not_among_the_gone(open_app: OpenApp, store: Store) -> None:
    (kept,) = decide(store, [GONE], "buyer", BUILT_AT)
    withdraw_decision(store, kept, "buyer", BUILT_AT)
    assert EN("messages.none_gone") in words(open_app(PAGE, user="planner", show="gone"))


def test_a_reader_of_a_part_is_not_told_that_the_rest_is_gone(
    open_app: OpenApp, add_user: object, warehouse: Warehouse, store: Store
) -> None:
    plant = warehouse.frame("select plant_id from marts.mart_planning_messages where plant_id is not null").item(0, 0)
    add_user(User("local", "Local planner", "planner", scope=ScopeRule("plant", (plant,))))  # type: ignore[operator]
    app = open_app(PAGE, user="local", show="gone")
    assert EN("messages.gone_scope") in words(app)


# What to mend.


def test_a_parameter_without_a_measured_value_says_so(open_app: OpenApp, warehouse: Warehouse, store: Store) -> None:
    recurring = questions.recurring(questions.messages(warehouse), questions.exposure(warehouse))
    assert not recurring.is_empty()
    for parameter, subject in recurring.select("parameter", "subject").head(3).iter_rows():
        app = open_app(PAGE, user="planner", show="recurring", mend=f"{parameter}:{subject}")
        # The example company has too few documents for a history.
        assert EN("mending.no_value", parameter=EN(f"parameter.{parameter}")) in words(app)
        assert not [one for one in app.button if one.key in ("mend_effect", "mend_accept")]
    assert scenarios(store) == []


def test_the_counted_messages_are_all_of_the_list(warehouse: Warehouse) -> None:
    """Gathering loses and doubles no message that has a parameter and a subject."""
    everything = questions.messages(warehouse)
    found = questions.with_parameters(everything)
    assert found["message_number"].n_unique() == found.height
    known = everything.filter(pl.col("code").is_in(list(questions.PARAMETERS)))
    assert set(found["message_number"]) <= set(known["message_number"])
