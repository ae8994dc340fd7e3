"""Two planners at the same thing at the same moment, in threads and in processes: exactly one wins, the other is told."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from tests.store.rows import COMMENT, DECISION, NOW, OVERRIDE, added
from tests.store.writer import changes, outcome
from tower.store import Store, open_store
from tower.store.comments import add_comment, comments
from tower.store.decisions import decide, message_decisions
from tower.store.firmed_orders import firmed_orders
from tower.store.forecast_overrides import add_forecast_override, forecast_overrides
from tower.store.scenarios import scenarios

TOLD = {
    "scenario": "was changed by", "state": "state from draft to shared", "comment": "was changed by anna",
    "override": "quantity from 2.0 to 3.0", "decision": "decided on 2026-07-01 10:30 UTC", "order": "was firmed by",
}  # fmt: skip


def prepared(store: Store) -> None:
    added(store, "one")
    added(store, "two")
    add_comment(store, COMMENT, "anna", NOW)
    add_forecast_override(store, OVERRIDE, "anna", NOW)


def one_won_each(store: Store, outcomes: Iterable[Mapping[str, str]]) -> None:
    outcomes = list(outcomes)
    for name, sentence in TOLD.items():
        said = [one[name] for one in outcomes]
        losers = [text for text in said if text != "saved"]
        assert len(losers) == len(said) - 1, said
        assert all(sentence in text and "Nothing of yours was saved" in text for text in losers), losers
    assert [one.version for one in (*scenarios(store), *comments(store), *forecast_overrides(store))] == [2, 2, 2, 2]
    assert len(message_decisions(store)) == len(firmed_orders(store)) == 1
    # Four things made, four changed, one decided and one firmed: nothing of a loser is on record.
    assert len(store.audit_log()) == 10


def test_threads_of_one_process(store: Store) -> None:
    prepared(store)
    planners = 4
    start = threading.Barrier(planners)

    def planner(number: int) -> dict[str, str]:
        made = changes(store, f"planner {number}")
        start.wait(30)
        return {name: outcome(change) for name, change in made.items()}

    with ThreadPoolExecutor(planners) as threads:
        one_won_each(store, threads.map(planner, range(planners)))


def test_processes_with_a_store_each(store: Store, url: str, repository: Path) -> None:
    prepared(store)
    command = [sys.executable, "-m", "tests.store.writer", "once", url]
    processes = [
        subprocess.Popen(
            [*command, who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=repository,
        )
        for who in ("bo", "cai")
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in processes]
    assert [errors for _, errors in answers] == ["", ""]
    one_won_each(store, [json.loads(output) for output, _ in answers])


def test_writers_of_different_things_all_win(store: Store, url: str) -> None:
    def planner(number: int) -> None:
        mine = open_store(url)
        for part in range(5):
            decide(mine, [replace(DECISION, document_id=f"{number}/{part}")], f"planner {number}", NOW)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(planner, range(4)))
    assert len(message_decisions(store)) == len(store.audit_log()) == 20
    with store.engine.connect() as connection:
        assert connection.execute(text("select count(distinct decision_id) from message_decisions")).scalar() == 20
