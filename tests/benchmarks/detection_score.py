"""Alert detection against the troubles that the demo company planted: found, precision, delay, false alarms.

    python -m tests.benchmarks.detection_score                      all seeds; writes the score into docs/detection.md
    python -m tests.benchmarks.detection_score --building-only      without those that are kept aside for the end
    python -m tests.benchmarks.detection_score --seeds 101,103 --none 201 --reuse FOLDER --top

Each seed is looked at on five days of its last 120, each on data that end on that day. What a seed gave is kept in
TOWER_HOME/bench/detection and taken from there while nothing that it depends on has changed, so that a measurement can
be continued. With --reuse the databases of the looks are kept in a folder (and made there where they are missing), and
detection alone is run anew.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import orjson

import pipelines.demo
import pipelines.detect
import planning.detection
from tests.benchmarks.detection import matching
from tests.benchmarks.detection.compiled import fingerprint
from tests.benchmarks.detection.document import document, with_score
from tests.benchmarks.detection.matching import FALSE, Judged, judged, with_later_documents
from tests.benchmarks.detection.prepared import DAYS_BEFORE, FIRST_DAY_OF_CYCLE, NO_INCIDENTS, START, known_days
from tests.benchmarks.detection.reading import listed_alerts, true_incidents
from tests.benchmarks.detection.scoring import Look, Planted, SeedScore, scored
from tests.benchmarks.forecast_demo import seeds_of
from tests.benchmarks.measure import REPOSITORY
from tower.settings import load_settings

PAGE = REPOSITORY / "docs" / "detection.md"
# Seeds with and without incidents: those that detectors were built and tuned on, and those kept aside for the end.
GROUPS = (("seeds used while building", "101-120", "201-204"), ("seeds never used before", "901-910", "951-954"))
FIRST_START = START + timedelta(FIRST_DAY_OF_CYCLE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--building-only", action="store_true", help="leave out the seeds that are kept aside")
    parser.add_argument("--seeds", default="", help="only these seeds, as 101-120 or 103,105; nothing is written")
    parser.add_argument("--none", default="", help="only these seeds, living without incidents; nothing is written")
    parser.add_argument("--days", default=",".join(map(str, DAYS_BEFORE)), help="with --reuse: days before the end")
    parser.add_argument("--reuse", type=Path, help="folder in which the databases of the looks are kept")
    parser.add_argument("--top", action="store_true", help="with --reuse: show the first alerts and what each one was")
    asked = parser.parse_args()
    if not (asked.seeds or asked.none):
        groups = GROUPS[:1] if asked.building_only else GROUPS
        score = document([(name, [*_kept(seeds, True), *_kept(quiet, False)]) for name, seeds, quiet in groups])
        PAGE.write_text(with_score(PAGE.read_text(encoding="utf-8"), score), encoding="utf-8")
    elif asked.reuse is None:
        score = document([("these seeds", [*_kept(asked.seeds, True), *_kept(asked.none, False)])])
    else:
        days = [int(one) for one in asked.days.split(",")]
        sides = ((asked.seeds, True), (asked.none, False))
        score = document([
            ("these seeds", [_run_anew(seed, asked.reuse, days, with_incidents=side, top=asked.top)
                             for text, side in sides for seed in _seeds(text)])
        ])  # fmt: skip
    print(score)


def _seeds(text: str) -> list[int]:
    return seeds_of(text) if text else []


def _kept(seeds: str, with_incidents: bool) -> list[SeedScore]:
    return [seed_score(seed, with_incidents=with_incidents) for seed in _seeds(seeds)]


def _run_anew(seed: int, folder: Path, days: Sequence[int], *, with_incidents: bool, top: bool) -> SeedScore:
    looks = looks_of(seed, folder, days, with_incidents=with_incidents)
    score = scored(seed, looks, FIRST_START, with_incidents=with_incidents)
    if top:
        print("\n".join([*(_shown(seed, look) for look in looks), _became(score)]), flush=True)
    return score


def seed_score(seed: int, *, with_incidents: bool) -> SeedScore:
    """The score of one seed, from what is kept or measured now."""
    kept = _kept_folder() / f"{seed}-{'planted' if with_incidents else 'quiet'}.json"
    known = orjson.loads(kept.read_bytes()) if kept.exists() else {}
    if known.get("made_by") != _made_by():
        started = time.process_time()
        score = scored(seed, looks_of(seed, None, DAYS_BEFORE, with_incidents=with_incidents), FIRST_START,
                       with_incidents=with_incidents)  # fmt: skip
        seconds = time.process_time() - started
        known = {"made_by": _made_by(), "processor_seconds": round(seconds, 1), "score": asdict(score)}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(orjson.dumps(known, option=orjson.OPT_INDENT_2))
        print(f"seed {seed}: {seconds:.0f} processor seconds", flush=True)
    return score_from(orjson.loads(orjson.dumps(known["score"])))


def looks_of(
    seed: int,
    folder: Path | None,
    days: Sequence[int],
    *,
    with_incidents: bool,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Look]:
    """Simulate, build, detect and judge on each day. Without a folder each database goes when it has been looked at."""
    kinds = None if with_incidents else NO_INCIDENTS
    seen = []
    with tempfile.TemporaryDirectory() as temporary:
        models = (folder or _kept_folder()) / "compiled"
        for known in known_days(seed, folder or Path(temporary), days, kinds, models, progress):
            seen.append((known.as_of, listed_alerts(known), true_incidents(known.truth, known.as_of)))
            if folder is None:
                known.database.unlink()
    incidents = with_later_documents([known for _, _, known in seen])
    return [
        Look(as_of, judged(alerts, known, as_of), known)
        for (as_of, alerts, _), known in zip(seen, incidents, strict=True)
    ]


def _kept_folder() -> Path:
    return load_settings().home / "bench" / "detection"


def _made_by() -> str:
    """What a score depends on: the simulator, the models, the detectors and the rules of this measurement."""
    found = hashlib.sha256(fingerprint().encode())
    for package in (pipelines.demo, pipelines.detect, planning.detection, matching):
        assert package.__file__ is not None
        for file in sorted(Path(package.__file__).parent.rglob("*.py")):
            found.update(file.read_bytes())
    return found.hexdigest()[:16]


def score_from(row: dict[str, object]) -> SeedScore:
    """A score as it was kept."""
    planted = []
    for each in row.pop("planted"):  # type: ignore[attr-defined]
        for name in ("start", "found"):
            each[name] = date.fromisoformat(each[name]) if each[name] else None
        planted.append(Planted(**each))
    return SeedScore(**row, planted=planted)  # type: ignore[arg-type]


def _shown(seed: int, look: Look) -> str:
    lines = [f"\nseed {seed}, {look.as_of}: " + ", ".join(
        f"{each.number} {each.kind} {each.start:%m-%d}" for each in look.incidents if each.start >= FIRST_START
    )]  # fmt: skip
    return "\n".join([*lines, *map(_line, look.top)])


def _line(each: Judged) -> str:
    alert = each.alert
    what = each.outcome.upper() if each.outcome == FALSE else each.outcome
    behind = f"incident {each.number}" if each.number is not None else each.near
    subject = f"{alert.subject_type} {alert.subject_id}"
    return f"  {alert.rank:3d} {what:12s} {alert.kind:24s} {subject:36s} since {alert.since}  {behind}"


def _became(score: SeedScore) -> str:
    lines = [f"\nseed {score.seed}: what became of its incidents"]
    for each in score.planted:
        state = "MISSED" if each.had_effect else "no effect yet"
        if each.found is not None:
            state = f"found after {each.delay_days} days, rank {each.best_rank}, since {each.onset_error:+d} days"
            state += ", by a neighbouring kind" if each.by_neighbour else ""
        about = f"{each.number:3d} {each.kind:22s} {each.variant:24s}"
        lines.append(f"  {about} started {each.start}, {each.chances} looks: {state}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
