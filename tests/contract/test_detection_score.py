"""One seed of the measurement of alerts (`tests.benchmarks.detection_score`): what is planted is found, and little else.

The database of the look is built as the measurement builds it; all seeds and five looks each are run by `make bench`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.benchmarks.detection.matching import FALSE, HIT, judged
from tests.benchmarks.detection.prepared import Known, known_days
from tests.benchmarks.detection.reading import listed_alerts, true_incidents
from tests.benchmarks.detection.scoring import TOP, Look, precision, scored
from tests.benchmarks.detection_score import FIRST_START

SEED, DAYS_BEFORE = 101, 42
# Below what is measured (docs/detection.md), so that only a detector that is broken fails.
LEAST_FOUND, LEAST_PRECISION = 0.5, 0.7


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return next(known_days(SEED, tmp_path_factory.mktemp("detection"), (DAYS_BEFORE,)))


@pytest.fixture(scope="module")
def look(known: Known) -> Look:
    incidents = true_incidents(known.truth, known.as_of)
    return Look(known.as_of, judged(listed_alerts(known), incidents, known.as_of), incidents)


def test_the_database_ends_on_its_day_and_holds_nothing_of_the_truth(known: Known) -> None:
    with duckdb.connect(str(known.database), read_only=True) as connection:
        last_day = connection.sql("select max(cast(ordered_at as date)) from canonical.cnl_sales_orders").fetchall()
        told = connection.sql(
            "select table_name from information_schema.columns "
            "where table_name like '%incident%' or column_name like '%incident%'"
        ).fetchall()
    assert known.as_of - timedelta(3) <= last_day[0][0] <= known.as_of
    assert told == []


def test_most_of_what_is_planted_is_among_the_first_alerts(look: Look) -> None:
    score = scored(SEED, [look], FIRST_START)
    assert len(score.planted) >= 6
    asked = [each for each in score.planted if each.had_effect]
    found = [each for each in asked if each.found is not None]
    assert len(found) >= LEAST_FOUND * len(asked), [each.kind for each in asked if each.found is None]


def test_most_of_the_first_alerts_are_planted_or_follow_from_it(look: Look) -> None:
    found = precision([scored(SEED, [look], FIRST_START)])
    assert found is not None
    assert found >= LEAST_PRECISION, [each.alert for each in look.top if each.outcome == FALSE]


def test_the_list_has_ranks_in_order_and_no_incident_twice_as_itself(look: Look) -> None:
    assert [each.alert.rank for each in look.top] == list(range(1, len(look.top) + 1))
    assert 0 < len(look.top) <= TOP
    alerts = [(each.alert.kind, each.alert.subject_id) for each in look.top if each.outcome == HIT]
    assert len(alerts) == len(set(alerts))


def test_the_same_data_give_the_same_list(known: Known, look: Look) -> None:
    assert listed_alerts(known) == [each.alert for each in look.top]


def test_the_truth_lies_beside_the_database(known: Known) -> None:
    assert sorted(file.name for file in Path(known.truth).glob("incident*.parquet")) == [
        "incident_consequences.parquet",
        "incident_documents.parquet",
        "incident_subjects.parquet",
        "incidents.parquet",
    ]
