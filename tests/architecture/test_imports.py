"""Imports point one way, and each heavy library has its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_files import REPOSITORY, source_files

# Which library may be imported where; nowhere else.
PLACES = {
    "streamlit": ("app.py", "pages/", "tower/ui/"),
    "plotly": ("tower/charts/",),
    "duckdb": ("tower/warehouse.py", "pipelines/"),
    "dbt": ("pipelines/", "tower/metrics/parse.py"),
    "sklearn": ("forecasting/",),
    "sqlalchemy": ("tower/store/",),
    "alembic": ("tower/store/",),
    "typer": ("pipelines/cli/",),
}


def test_the_contracts_of_the_import_linter_are_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run(
        [command, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60
    )
    assert outcome.returncode == 0, outcome.stdout
    assert "0 broken" in outcome.stdout


def test_every_module_of_the_read_side_has_its_place_in_the_layers() -> None:
    contract = (REPOSITORY / ".importlinter").read_text(encoding="utf-8")
    layers = contract.split("layers =")[1].split("[importlinter")[0]
    placed = {name.strip("() ") for line in layers.splitlines() for name in line.replace("|", ":").split(":")}
    there = {
        f"tower.{path.stem}"
        for path in (REPOSITORY / "tower").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    assert there - placed == set()


@pytest.mark.parametrize("library", sorted(PLACES))
def test_a_library_is_imported_only_in_its_place(library: str) -> None:
    misplaced = [
        f"{file.path}:{line} imports {module}"
        for file in source_files()
        for module, line in file.imported()
        if module.split(".")[0] == library and not file.is_in(*PLACES[library])
    ]
    assert misplaced == []


def test_pages_know_the_shared_parts_of_screens_and_no_data_frames_or_databases() -> None:
    forbidden = {"polars", "pandas", "numpy", "duckdb", "plotly", "sqlalchemy", "pipelines", "planning", "forecasting"}
    found = [
        f"{file.path}:{line} imports {module}"
        for file in source_files()
        if file.is_in("pages/")
        for module, line in file.imported()
        if module.split(".")[0] in forbidden
    ]
    assert found == []


def test_nothing_imports_the_pages() -> None:
    found = [
        f"{file.path}:{line}"
        for file in source_files()
        for module, line in file.imported()
        if module.split(".")[0] in {"pages", "app"}
    ]
    assert found == []
