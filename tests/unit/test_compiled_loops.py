from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from planning import accelerator
from tower.ui.compiled_loops import FOLDER, load_in_background


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = accelerator.chosen()
    monkeypatch.setattr(accelerator, "keep_memory", lambda: True)
    yield
    accelerator.use(before)


def test_the_loops_of_the_settings_are_loaded_beside_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(accelerator, "use", lambda name, folder: asked.append((name, folder)))
    monkeypatch.setattr(accelerator, "warm", lambda: asked.append("warm"))
    (tmp_path / "tower.toml").write_text('accelerator = "numpy"\nhome = "here"\n')
    monkeypatch.delenv("TOWER_HOME", raising=False)
    thread = load_in_background(tmp_path)
    assert thread is not None
    thread.join(timeout=10)
    assert asked == [("numpy", tmp_path / "here" / FOLDER), "warm"]
    monkeypatch.undo()


@pytest.mark.parametrize("text", ['accelerator = "gpu"\n', "home = [\n"])
def test_settings_that_cannot_be_read_do_not_stop_the_server(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tower.toml").write_text(text)
    with caplog.at_level(logging.WARNING):
        assert load_in_background(tmp_path) is None
    assert "without compiled loops" in caplog.text


def test_an_accelerator_that_is_not_installed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(accelerator, "is_installed", lambda: False)
    (tmp_path / "tower.toml").write_text('accelerator = "numba"\n')
    assert load_in_background(tmp_path) is None
    assert "numba is not installed" in caplog.text
