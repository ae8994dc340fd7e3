"""The demo company as a source of a build: simulated, landed and refused like any other, with its truth beside it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.build.context import BuildContext, Request
from pipelines.build.land import land_sources
from pipelines.cli.main import app
from pipelines.cli.serve import is_build_wanted
from pipelines.contract import load_contract
from pipelines.demo.scale import SCALES
from pipelines.land.loads import load_folder
from pipelines.sources.demo import ADAPTER
from pipelines.sources.demo.adapter import TRUTH_FOLDER, WRITTEN_FOLDER, asked_incidents, simulated_days
from tests.conftest import DEMO_AS_OF as AS_OF
from tests.conftest import LANHE
from tower.builds import BuildSummary, Home
from tower.errors import SettingsError, SourceError, TowerError
from tower.settings import DemoScale, Settings, SourceSettings, load_settings
from tower.warehouse import open_warehouse


def truth_of(build: BuildSummary, name: str) -> pl.DataFrame:
    folder = load_folder(build.file.parents[1], "lanhe", build.build_id)
    return pl.read_parquet(folder / TRUTH_FOLDER / f"{name}.parquet")


# -- a build of it ----------------------------------------------------------------------------------------------------


def test_the_demo_company_is_served_as_of_the_day_its_simulation_ends(demo_build: BuildSummary) -> None:
    assert demo_build.status == "published", demo_build.problems
    assert demo_build.as_of == AS_OF
    info = open_warehouse(demo_build.file).frame("select company_currency, sources from build.build_info").row(0)
    assert info == ("CNY", "lanhe")


def test_every_law_holds_on_the_accepted_rows(demo_build: BuildSummary) -> None:
    laws = open_warehouse(demo_build.file).frame(
        "select check_name, status, checked_rows from core.reconciliation_summary order by check_name"
    )
    # The demo company states no totals of its own, so that this one law has nothing to compare.
    expected = dict.fromkeys(laws["check_name"], "holds") | {"source_totals_agree": "not_connected"}
    assert {name: status for name, status, _ in laws.rows()} == expected
    assert laws["checked_rows"].min() > 0  # type: ignore[operator]


def test_the_rows_refused_are_the_dirty_rows_that_were_planted(demo_build: BuildSummary) -> None:
    told = ["table_name", "row_number", "rule", "column_name"]
    refused = open_warehouse(demo_build.file).frame(f"select {', '.join(told)} from build.rejected_rows")
    planted = truth_of(demo_build, "dirty_rows").select(told)
    assert set(refused.rows()) == set(planted.rows())
    assert refused.height == planted.height
    assert planted["rule"].n_unique() >= 8
    assert planted["table_name"].n_unique() >= 10


def test_every_table_is_connected(demo_build: BuildSummary) -> None:
    coverage = open_warehouse(demo_build.file).frame(
        "select table_name, status from build.source_coverage where column_name = '' order by table_name"
    )
    assert coverage.rows() == [(name, "full") for name in sorted(load_contract())]


def test_nothing_but_the_truth_stays_beside_the_landed_tables(demo_build: BuildSummary) -> None:
    folder = load_folder(demo_build.file.parents[1], "lanhe", demo_build.build_id)
    assert not (folder / WRITTEN_FOLDER).exists()
    assert {entry.name for entry in folder.iterdir() if entry.is_dir()} == {TRUTH_FOLDER}
    note = json.loads((folder / "manifest.json").read_text())["notes"][0]
    assert note == "Simulated with seed 7 at scale tiny from 2025-09-01 to 2026-03-31, incidents: planted."


def test_the_truth_names_customers_that_are_there(demo_build: BuildSummary) -> None:
    known = open_warehouse(demo_build.file).frame("select customer_id from core.dim_customers")["customer_id"]
    consumers, companies = truth_of(demo_build, "consumers"), truth_of(demo_build, "business_customers")
    assert set(consumers["customer_id"]) | set(companies.drop_nulls("joined_date")["customer_id"]) <= set(known)
    assert consumers["leave_probability"].is_between(0, 1).all()


def test_incidents_are_told_with_their_documents_in_the_truth_alone(tmp_path: Path) -> None:
    folder = tmp_path / "load"
    three_years = {"start": None, "as_of": date(2026, 6, 30), "incidents": "supplier_outage"}
    ADAPTER.land(LANHE.model_copy(update=three_years), folder, lambda _: None)
    incidents = pl.read_parquet(folder / TRUTH_FOLDER / "incidents.parquet")
    assert set(incidents["kind"]) == {"supplier_outage"}
    documents = pl.read_parquet(folder / TRUTH_FOLDER / "incident_documents.parquet")
    bought = documents.filter(pl.col("document_type") == "purchase_order_line")["document_id"]
    lines = pl.read_parquet(folder / "purchase_order_lines.parquet")["purchase_order_line_id"]
    assert bought.n_unique() > 0
    assert set(bought) <= set(lines)


# -- what is asked for ------------------------------------------------------------------------------------------------


def test_the_simulation_ends_on_the_day_of_the_build_unless_another_is_asked_for(tmp_path: Path) -> None:
    source = SourceSettings(name="lanhe", adapter="demo", scale="tiny", start=date(2026, 6, 1))
    settings = Settings(home=tmp_path, sources=(source,))
    now = datetime(2026, 7, 1, 6, tzinfo=UTC)
    for build_id, as_of, expected in (("b1", None, date(2026, 7, 1)), ("b2", date(2026, 6, 20), date(2026, 6, 20))):
        context = BuildContext(Request(settings, now, build_id, as_of), Home(tmp_path), progress=lambda _: None)
        land_sources(context)
        balances = pl.read_parquet(context.loads[0][1] / "stock_balances.parquet")
        assert set(balances["as_of_date"]) == {expected}


def test_progress_says_which_month_is_lived(tmp_path: Path) -> None:
    told: list[str] = []
    ADAPTER.land(LANHE.model_copy(update={"as_of": date(2025, 10, 31)}), tmp_path, told.append)
    assert "simulating 2025-10, 100%" in told or any(line.startswith("simulating 2025-10, ") for line in told)
    assert any(line.startswith("writing ") for line in told)


def test_the_company_is_simulated_from_three_years_before_unless_a_start_is_named() -> None:
    leap_day = SourceSettings(name="lanhe", adapter="demo", as_of=date(2028, 2, 29))
    assert simulated_days(leap_day) == (date(2025, 2, 28), date(2028, 2, 29))
    with pytest.raises(SourceError, match="Name another as-of day or start"):
        simulated_days(leap_day.model_copy(update={"start": date(2028, 3, 1)}))
    with pytest.raises(SourceError, match="Name another as-of day or start"):
        simulated_days(leap_day.model_copy(update={"start": date(2010, 1, 1)}))


def test_incidents_are_planted_none_or_kinds() -> None:
    assert asked_incidents("planted") is None
    assert asked_incidents("none") == ()
    assert asked_incidents("lane_delay, price_rise") == ("lane_delay", "price_rise")


def test_another_company_has_another_fingerprint() -> None:
    fingerprint = ADAPTER.fingerprint(LANHE)
    assert ADAPTER.fingerprint(LANHE.model_copy()) == fingerprint
    for change in ({"seed": 8}, {"scale": "small"}, {"start": None}, {"as_of": None}, {"incidents": "none"}):
        assert ADAPTER.fingerprint(LANHE.model_copy(update=change)) != fingerprint


def test_settings_know_the_scales_of_the_simulation() -> None:
    assert get_args(DemoScale) == tuple(SCALES)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('adapter = "demo"\npath = "x"', "has no path"),
        ('adapter = "files"', "name the folder of the source with path"),
        ('adapter = "files"\npath = "x"\nseed = 3', "seed mean something to the adapter demo alone"),
        ('adapter = "demo"\nscale = "huge"', "'sources.0.scale' cannot be 'huge'"),
        ('adapter = "demo"\nincidents = "lane delay"', "'sources.0.incidents' cannot be"),
    ],
)
def test_a_source_that_does_not_fit_its_adapter_is_refused(tmp_path: Path, lines: str, sentence: str) -> None:
    (tmp_path / "tower.toml").write_text(f'[[sources]]\nname = "a"\n{lines}\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=sentence):
        load_settings(tmp_path)


def test_a_simulated_source_in_the_settings_needs_no_folder(tmp_path: Path) -> None:
    text = '[[sources]]\nname = "lanhe"\nadapter = "demo"\nseed = 9\nscale = "medium"\nstart = 2023-01-01\n'
    (tmp_path / "tower.toml").write_text(text, encoding="utf-8")
    source = load_settings(tmp_path).sources[0]
    assert (source.seed, source.scale, source.start, source.path) == (9, "medium", date(2023, 1, 1), None)
    with pytest.raises(SettingsError, match="has no folder"):
        _ = source.folder


def test_nothing_is_built_again_while_the_same_company_is_asked_for(demo_build: BuildSummary) -> None:
    def is_wanted(**change: object) -> bool:
        source = LANHE.model_copy(update=change)
        return is_build_wanted(Settings(home=demo_build.file.parents[1], sources=(source,)))

    assert not is_wanted()
    assert is_wanted(seed=8)
    assert is_wanted(incidents="none")


# -- the command line -------------------------------------------------------------------------------------------------


def refusal(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["build", *arguments]).exception
    assert isinstance(found, TowerError), found
    return str(found)


def test_wrong_options_of_the_demo_company_are_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_HOME", str(tmp_path))
    assert "takes no --path" in refusal("--source", "demo", "--path", "x")
    assert "--source demo --seed" in refusal("--seed", "3")
    assert "tiny or small" in refusal("--source", "demo", "--scale", "huge")
    assert "YYYY-MM-DD" in refusal("--source", "demo", "--start", "30.6.2023")
    assert "--seed cannot be -1" in refusal("--source", "demo", "--seed", "-1")
    unknown = refusal("--source", "demo", "--scale", "tiny", "--incidents", "earthquake")
    assert "no kind of incident is called earthquake" in unknown
