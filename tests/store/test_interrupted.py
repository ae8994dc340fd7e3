"""kill -9 while saving: the store opens, and holds whole changes only, among them all that were confirmed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import text

from tests.store.writer import DECISIONS_A_ROUND, content
from tower.store import Store, open_store
from tower.store.comments import comments
from tower.store.decisions import message_decisions
from tower.store.scenario_inputs import inputs_hash, kept_inputs, scenario_inputs
from tower.store.scenarios import scenarios

KILLS = 4


def killed_after(seconds: float, url: str, repository: Path) -> list[int]:
    """Let a process save until it is killed; the rounds that it confirmed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", "forever", url, "anna"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=repository,
    )  # fmt: skip
    assert process.stdout is not None
    confirmed = [process.stdout.readline()]
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    output, errors = process.communicate(timeout=60)
    timer.cancel()
    assert process.returncode == -9, errors
    confirmed += output.splitlines(keepends=True)
    return [int(line) for line in confirmed if line.endswith("\n")]


def test_a_store_whose_writer_is_killed_holds_whole_changes(url: str, repository: Path) -> None:
    moments = random.Random(7)
    confirmed: list[int] = []
    for _ in range(KILLS):
        confirmed += killed_after(moments.uniform(0, 0.15), url, repository)
        whole(open_store(url), confirmed)
    assert len(confirmed) >= KILLS


def whole(store: Store, confirmed: list[int]) -> None:
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            assert connection.execute(text("pragma integrity_check")).scalar() == "ok"
            assert connection.execute(text("pragma journal_mode")).scalar() == "wal"
    there = scenarios(store)
    assert {f"round {number}" for number in confirmed} <= {one.name for one in there}
    assert {str(number) for number in confirmed} <= {one.object_id for one in comments(store)}
    decided = Counter(one.document_id.split("/")[0] for one in message_decisions(store))
    assert set(decided.values()) <= {DECISIONS_A_ROUND}
    assert {str(number) for number in confirmed} <= set(decided)
    assert set(kept_inputs(store)) == {one.inputs_hash for one in there}
    for one in there:
        assert scenario_inputs(store, one.inputs_hash) == content(int(one.name.split()[1]))
        assert one.inputs_hash == inputs_hash(content(int(one.name.split()[1])))
        entry, *before = store.audit_log(f"scenario/{one.scenario_id}")
        assert (entry.new_value, len(before)) == (one.as_entry(), one.version - 1)
    for row in message_decisions(store):
        (entry,) = store.audit_log(f"message_decision/{row.decision_id}")
        assert entry.new_value == row.as_entry()


def test_a_writer_that_died_does_not_hold_up_the_next(url: str, repository: Path) -> None:
    killed_after(0.02, url, repository)
    begun = time.monotonic()
    open_store(url).ensure_local_users(comments(open_store(url))[0].created_at)  # type: ignore[arg-type]
    assert time.monotonic() - begun < 20
