from __future__ import annotations

from pathlib import Path

import pytest

from tower.errors import SettingsError
from tower.settings import load_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "KEEP_BUILDS", "COMPANY_CURRENCY", "SOURCES"):
        monkeypatch.delenv(f"TOWER_{name}", raising=False)


def written(folder: Path, text: str) -> Path:
    (folder / "tower.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_settings_has_the_defaults_and_its_own_home(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert settings.home == tmp_path / "var"
    assert settings.keep_builds == 5
    assert settings.sources == ()


def test_paths_in_the_file_are_relative_to_the_file(tmp_path: Path) -> None:
    written(tmp_path, '[[sources]]\nname = "erp"\nadapter = "files"\npath = "exports/erp"\n')
    settings = load_settings(tmp_path)
    assert [(source.name, source.path) for source in settings.sources] == [("erp", tmp_path / "exports" / "erp")]


def test_the_environment_overrules_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "keep_builds = 3\n")
    monkeypatch.setenv("TOWER_KEEP_BUILDS", "9")
    assert load_settings(tmp_path).keep_builds == 9


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("keep_builds = 0", "'keep_builds' cannot be 0"),
        ('company_currency = "yuan"', "'company_currency' cannot be 'yuan'"),
        ("kep_builds = 2", "'kep_builds' is not known"),
        ('[[sources]]\nname = "erp"\nadapter = "sap"\npath = "x"', "'sources.0.adapter' cannot be 'sap'"),
        ("home = ", "not valid TOML"),
        (
            '[[sources]]\nname="a"\nadapter="files"\npath="x"\n[[sources]]\nname="a"\nadapter="files"\npath="y"',
            "the source name 'a' is used twice",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        load_settings(written(tmp_path, text))


def test_the_app_store_is_a_file_of_the_home_unless_another_is_named(tmp_path: Path) -> None:
    assert load_settings(tmp_path).effective_store_url == f"sqlite:///{tmp_path}/var/store.sqlite"
    named = load_settings(tmp_path, store_url="postgresql+psycopg://tower@localhost/tower")
    assert named.effective_store_url == "postgresql+psycopg://tower@localhost/tower"
