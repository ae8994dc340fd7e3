"""The command `tower` on the built example company, as a person or a script uses it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tower.builds import BuildSummary

REPOSITORY = Path(__file__).resolve().parents[2]
Tower = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def tower(example_build: BuildSummary) -> Tower:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipelines.cli", *arguments],
            env={**os.environ, "TOWER_HOME": str(example_build.file.parents[1]), "COLUMNS": "200", **environment},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "command", ["up", "build", "status", "builds", "sql", "metric", "rejects", "template", "users"]
)
def test_every_command_explains_itself(tower: Tower, command: str) -> None:
    done = tower(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_sql_answers_in_all_formats(tower: Tower) -> None:
    statement = "select count(*) as items, min(item_id) as first_item from core.dim_items"
    as_json = json.loads(tower("sql", statement, "--format", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(tower("sql", statement, "--format", "csv").stdout)))
    assert as_json[0]["first_item"] == as_csv[0]["first_item"]
    assert str(as_json[0]["items"]) == as_csv[0]["items"]
    assert as_csv[0]["first_item"] in tower("sql", statement).stdout


def test_sql_cannot_change_a_build(tower: Tower) -> None:
    done = tower("sql", "delete from core.dim_items")
    assert done.returncode == 1
    assert "read-only" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_metric_at_a_grain_sums_to_its_total(tower: Tower) -> None:
    total = json.loads(tower("metric", "order_intake_value", "--format", "json").stdout)[0]["order_intake_value"]
    rows = json.loads(tower("metric", "order_intake_value", "--by", "month,item_category", "--format", "json").stdout)
    assert {"month", "item_category", "order_intake_value"} == set(rows[0])
    assert sum(row["order_intake_value"] for row in rows if row["order_intake_value"]) == pytest.approx(total)


def test_a_filter_narrows_a_metric(tower: Tower) -> None:
    rows = json.loads(tower("metric", "order_intake_value", "--by", "item_category", "--format", "json").stdout)
    row = max(rows, key=lambda row: row["order_intake_value"] or 0)
    narrowed = tower(
        "metric", "order_intake_value", "--where", f"item_category = {row['item_category']}", "--format", "json"
    )
    assert json.loads(narrowed.stdout)[0]["order_intake_value"] == pytest.approx(row["order_intake_value"])


def test_a_wrong_metric_is_answered_with_a_sentence(tower: Tower) -> None:
    done = tower("metric", "order_intake_valu")
    assert done.returncode == 1
    assert "order_intake_value" in done.stderr


def test_rejects_shows_the_whole_row_and_what_to_do(tower: Tower) -> None:
    rows = json.loads(tower("rejects", "--format", "json").stdout)
    assert rows
    for row in rows:
        assert json.loads(row["raw_row"])
        assert row["what_to_do"], row["rule"]


def test_status_and_builds_name_the_served_build(tower: Tower, example_build: BuildSummary) -> None:
    assert json.loads(tower("status", "--format", "json").stdout)[0]["build_id"] == example_build.build_id
    rows = json.loads(tower("builds", "--format", "json").stdout)
    assert [(row["build_id"], row["status"]) for row in rows] == [(example_build.build_id, "served")]


def test_a_home_without_a_build_says_what_to_do(tower: Tower, tmp_path: Path) -> None:
    done = tower("status", TOWER_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "make up" in done.stderr


def test_wrong_options_are_refused_with_a_sentence(tower: Tower) -> None:
    assert "belong together" in tower("build", "--source", "files").stderr
    assert "not known" in tower("build", "--source", "sap", "--path", "x").stderr
    assert "YYYY-MM-DD" in tower("build", "--as-of", "30.6.2026").stderr


def test_a_user_with_a_scope_is_kept_listed_and_removed(tower: Tower, tmp_path: Path) -> None:
    home = str(tmp_path)
    done = tower(
        "users",
        "set",
        "wang.fang",
        "--name",
        "Wang Fang",
        "--role",
        "sales",
        "--scope",
        "sales_rep=R1",
        TOWER_HOME=home,
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(tower("users", "list", "--format", "json", TOWER_HOME=home).stdout)
    assert [row["sees"] for row in listed if row["user"] == "wang.fang"] == ["sales_rep R1"]
    assert {row["role"] for row in listed} == {
        "executive",
        "planner",
        "sales",
        "buyer",
        "production",
        "finance",
        "admin",
    }
    assert tower("users", "remove", "wang.fang", TOWER_HOME=home).returncode == 0
    assert "wang.fang" in tower("users", "remove", "wang.fang", TOWER_HOME=home).stderr
    refused = tower("users", "set", "x", "--name", "X", "--role", "sales", "--scope", "region=north", TOWER_HOME=home)
    assert refused.returncode == 1
    assert "not known" in refused.stderr
