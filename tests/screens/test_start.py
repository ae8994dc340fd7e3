from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.conftest import OpenApp, value_of, words
from tower import errors
from tower.errors import SchemaMismatch
from tower.i18n import Language, Text
from tower.ui.states import sentence_of

ROLES = ["executive", "planner", "sales", "buyer", "production", "finance", "admin"]


def test_without_a_user_the_start_screen_offers_every_role(open_app: OpenApp, language: Language, text: Text) -> None:
    app = open_app(lang=language)
    assert [button.key for button in app.button] == [f"open_{role}" for role in ROLES]
    assert text("start.question") in words(app)
    assert not app.metric


def test_choosing_a_user_goes_into_the_url_and_opens_the_home_of_the_role(open_app: OpenApp) -> None:
    app = open_app()
    app.button(key="open_admin").click().run()
    assert app.query_params["user"] == "admin"
    assert Text("en")("page.data_health.title") in words(app)
    assert value_of(app, Text("en")("health.sources")) == "1"


def test_a_user_that_nobody_knows_gets_the_start_screen(open_app: OpenApp) -> None:
    app = open_app(user="nobody")
    assert [button.key for button in app.button] == [f"open_{role}" for role in ROLES]


def test_switching_the_user_leads_back_to_the_start_screen(open_app: OpenApp) -> None:
    app = open_app(user="executive")
    switch = next(button for button in app.button if button.label == Text("en")("start.switch"))
    switch.click().run()
    assert "user" not in app.query_params
    assert [button.key for button in app.button] == [f"open_{role}" for role in ROLES]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_home_that_opens(open_app: OpenApp, role: str) -> None:
    app = open_app(user=role)
    homes = {"planner": "messages", "buyer": "inbound_outbound", "production": "progress", "admin": "data_health"}
    title = f"page.{homes.get(role, 'today')}.title"
    assert f"#### {Text('en')(title)}" in words(app)


def test_before_the_first_build_the_page_says_how_to_build(
    open_app: OpenApp, tmp_path: Path, language: Language, text: Text
) -> None:
    app = open_app("overview/scorecard", home=tmp_path, user="executive", lang=language)
    assert text("state.no_build_title") in words(app)
    assert text("problem.BuildNotFound") in words(app)
    assert [block.value for block in app.code] == ["make up"]


def test_a_build_of_another_version_is_explained_in_the_reader_s_language(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, language: Language, text: Text
) -> None:
    def refused(*_: object) -> None:
        raise SchemaMismatch("The build was written with version 0.")

    monkeypatch.setattr("tower.ui.session.current_build", refused)
    app = open_app("overview/scorecard", user="executive", lang=language)
    assert text("problem.SchemaMismatch") in words(app)
    assert "The build was written with version 0." in words(app)
    assert not app.metric


def test_the_start_screen_says_how_to_narrow_what_somebody_sees(
    open_app: OpenApp, language: Language, text: Text
) -> None:
    assert text("start.scope_note") in words(open_app(lang=language))


def test_every_error_has_a_sentence_in_both_languages(language: Language) -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.TowerError)]
    assert len(kinds) > 8
    shown = {kind: sentence_of(Text(language), kind("x")) for kind in kinds}
    assert shown[errors.QueryError] == Text(language)("problem.QueryError")
    assert shown[errors.TowerError] == Text(language)("state.failed_body")


def test_a_role_without_the_page_is_told_so_on_a_deep_link(open_app: OpenApp, language: Language, text: Text) -> None:
    app = open_app("administration/data_health", user="sales", lang=language)
    assert text("state.forbidden_role", role=text("role.sales")) in words(app)
    assert not app.metric
    assert not app.dataframe
