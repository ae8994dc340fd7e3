"""`tower scenario` on kept planning inputs: what it prints is what the engine gives, wherever it runs."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.main import app
from planning.errors import PlanningError
from planning.scenarios.comparison import compared
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.kinds import KINDS
from tests.unit.plan_rows import AS_OF, rows
from tests.unit.scenario_plant import TABLES, base, scenario

CHANGE = "kind: demand_factor, factor: 1.5"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inputs.zip").write_bytes(ScenarioInputs(rows(**TABLES), AS_OF).to_bytes())
    (tmp_path / "more.yaml").write_text(f"scenario: 1\nname: more\nchanges:\n  - {{{CHANGE}}}\n", encoding="utf-8")
    (tmp_path / "slow.yaml").write_text(
        "scenario: 1\nname: slow\ntitle: V takes longer\non: more.yaml\nchanges:\n"
        "  - {kind: lead_time, supplier: V, set: 90}\n",
        encoding="utf-8",
    )
    return tmp_path


def tower(folder: Path, *arguments: str) -> Result:
    inputs = ["--inputs", str(folder / "inputs.zip")]
    files = [str(folder / one) if one.endswith(".yaml") else one for one in arguments]
    return CliRunner().invoke(app, ["scenario", *files, *inputs])


def test_it_gives_the_figures_of_the_engine_to_the_last_digit(folder: Path) -> None:
    here = base()
    expected = compared(here.outcome, [here.run(scenario(CHANGE, name="more"))])
    assert json.loads(tower(folder, "run", "more.yaml", "--format", "json").stdout) == expected.to_dicts()


def test_scenarios_stand_side_by_side_with_what_changes(folder: Path) -> None:
    done = tower(folder, "run", "more.yaml", "slow.yaml", "--out", str(folder / "out"))
    assert done.exit_code == 0
    for words in ("slow: V takes longer", "Lead time = 90 days: supplier V", "newly_late", "Money by month"):
        assert words in done.stdout
    written = {file.stem: pl.read_csv(file) for file in (folder / "out").iterdir()}
    assert sorted(written) == [
        "customers", "kpis", "late_lines", "months", "orders", "suppliers", "work_centres",
    ]  # fmt: skip
    assert written["kpis"].columns == ["measure", "unit", "base", "more", "more Δ", "slow", "slow Δ"]
    # Of ninety days before 29 August, 28 have passed on 30 June: the line is 30 days late.
    late = written["late_lines"].row(0, named=True)
    assert (late["scenario"], late["change"], late["late_days_after"]) == ("slow", "newly_late", 30)


def test_check_says_what_a_file_does_or_all_that_is_wrong(folder: Path) -> None:
    assert "  - 提前期 = 90 天：供应商 V" in tower(folder, "check", "slow.yaml", "--language", "zh").stdout
    (folder / "wrong.yaml").write_text("scenario: 1\nname: w\nchanges: [{kind: demand_factor}, 7]", encoding="utf-8")
    failed = tower(folder, "check", "wrong.yaml")
    assert isinstance(failed.exception, PlanningError)
    assert "2 mistakes" in str(failed.exception)


def test_kinds_are_listed_with_an_example_each() -> None:
    done = CliRunner().invoke(app, ["scenario", "kinds"])
    assert all(kind.EXAMPLE in done.stdout for kind in KINDS.values())
    as_json = json.loads(CliRunner().invoke(app, ["scenario", "kinds", "--format", "json"]).stdout)
    assert [row["kind"] for row in as_json] == list(KINDS)
