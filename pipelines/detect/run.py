"""The step `alerts`: run every detector, merge symptoms under causes, work out the money, write engine.alert…"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl

from pipelines.build.context import write_table
from pipelines.detect.onsets import with_onsets
from pipelines.detect.rows import read_detection_rows
from pipelines.detect.rows_plan import QUERIES as PLAN_QUERIES
from pipelines.plan.run import planned_build
from planning.detection.actions import suggested
from planning.detection.alerts import alerts_of
from planning.detection.detector import Detector
from planning.detection.detectors import DETECTORS
from planning.detection.effects import simulated
from planning.detection.findings import DetectionRows, Findings
from planning.model.settings import PlanningSettings
from planning.scenarios.outcome import ScenarioBase
from tower.errors import BuildError

# Actions are simulated for so many alerts, the most money first; each is a re-plan of what its change reaches.
SIMULATED_ALERTS = 20

_RUNS = {"detector": pl.String, "kinds": pl.String, "state": pl.String, "missing_rows": pl.String, "findings": pl.Int64}


def run_detection(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    settings: PlanningSettings | None = None,
    onsets: pl.DataFrame | None = None,
    simulated_alerts: int = SIMULATED_ALERTS,
) -> None:
    """Write engine.alerts and the tables that hang on it, as of the day, of any database with core and plan.

    `settings` are those of the build's plan; `onsets` (alert_key, first_seen_date, running_since_date) what earlier
    builds found.
    """
    connection.execute("create schema if not exists engine")
    for name, frame in alert_tables(connection, as_of, settings, onsets, simulated_alerts).items():
        write_table(connection, f"engine.{name}", frame)


def alert_tables(
    connection: duckdb.DuckDBPyConnection,
    as_of: date,
    settings: PlanningSettings | None = None,
    onsets: pl.DataFrame | None = None,
    simulated_alerts: int = SIMULATED_ALERTS,
) -> Mapping[str, pl.DataFrame]:
    """All tables of the detection by name."""
    found, runs, rows = detected(connection, as_of)
    alerts = alerts_of(rows, found)
    actions = suggested(alerts, rows)
    keys = alerts.alerts["alert_key"].to_list()
    base = _base(connection, as_of, settings) if actions["change_file"].count() and simulated_alerts else None
    effects = simulated(actions, keys, base, simulated_alerts)
    return {
        "alerts": with_onsets(alerts.alerts, onsets, as_of),
        "alert_members": alerts.members,
        "alert_evidence": alerts.evidence,
        "alert_touches": alerts.touches,
        "alert_hits": alerts.hits,
        "alert_amounts": alerts.amounts,
        "alert_causes": alerts.causes,
        "alert_actions": actions.join(effects.states, on="alert_key").sort("alert_key"),
        "alert_effects": effects.measures,
        "alert_effect_lines": effects.lines,
        "alert_detectors": runs,
    }


def detected(
    connection: duckdb.DuckDBPyConnection, as_of: date, detectors: tuple[Detector, ...] = DETECTORS
) -> tuple[Findings, pl.DataFrame, DetectionRows]:
    """What all detectors find, one row per detector about its run, and the rows.

    A detector whose rows the database cannot give does not run; its state says so.
    """
    wanted = [name for detector in detectors for name in detector.reads]
    rows = read_detection_rows(connection, as_of, [*wanted, *PLAN_QUERIES])
    found, runs = [], []
    for detector in detectors:
        missing = sorted(set(detector.reads) - set(rows.frames))
        findings = Findings.none() if missing else detector.finds(rows, as_of)
        found.append(findings)
        state = "not_connected" if missing else "ran"
        runs.append((detector.name, " ".join(detector.kinds), state, " ".join(missing), findings.findings.height))
    return Findings.together(found), pl.DataFrame(runs, schema=_RUNS, orient="row"), rows


def _base(connection: duckdb.DuckDBPyConnection, as_of: date, settings: PlanningSettings | None) -> ScenarioBase | None:
    """The build's plan, ready for changes; none where the engine refuses it."""
    try:
        return ScenarioBase.of(planned_build(lambda sql: connection.sql(sql).pl(), as_of, settings))
    except BuildError:
        return None
