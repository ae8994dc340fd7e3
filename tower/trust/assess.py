"""From the models that a page reads to what is wrong below them.

A build's lineage says what every model depends on, engines included. What concerns a page is whatever fails, is
refused, stale, missing or unreconciled among its models and everything below them, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from tower.metrics import Catalogue

# broken: a test or law that must hold does not. doubtful: rows refused, stale, or a difference. incomplete: a source
# does not hand over all that is read.
TrustState = Literal["sound", "incomplete", "doubtful", "broken"]
CauseKind = Literal[
    "test_failed", "law_broken", "test_warned", "law_differs", "rejected", "stale", "partial", "absent", "few_rejected"
]
_STATES: Mapping[CauseKind, TrustState] = {
    "test_failed": "broken", "law_broken": "broken", "test_warned": "doubtful", "law_differs": "doubtful",
    "rejected": "doubtful", "stale": "doubtful", "partial": "incomplete", "absent": "incomplete",
    "few_rejected": "sound",
}  # fmt: skip
_ORDER: tuple[TrustState, ...] = ("sound", "incomplete", "doubtful", "broken")
# A figure on models with one of these is struck through: its rows are known to be wrong, not merely few or old.
_DISQUALIFYING: frozenset[CauseKind] = frozenset({"test_failed", "law_broken", "law_differs"})
# Every law reads these to know which sources it can judge; they say nothing of what the law is about.
_OF_EVERY_LAW = frozenset({"int_reconciliation_connections", "int_source_coverage", "cnl_items", "dim_locations"})
CANONICAL_PREFIX = "cnl_"


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong: its kind, the test, check, table or source, the model it sits on, rows concerned.

    `title` and `title_zh` say it in words where the build has words for it.
    """

    kind: CauseKind
    subject: str
    model: str
    rows: int
    title: str = ""
    title_zh: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far some models can be trusted: the worst of what is wrong, all of it, and how many models lie below."""

    state: TrustState
    causes: tuple[Cause, ...]
    models: int
    tables: int

    @property
    def is_disqualified(self) -> bool:
        """Whether a figure on these models is known to be wrong."""
        return any(cause.kind in _DISQUALIFYING for cause in self.causes)


@dataclass(frozen=True)
class TrustFacts:
    """What a build knows of its own soundness, by model.

    `parents`: what each model depends on. `tests`: those that found something, by model. `laws`: those that do not
    hold, with the models that each is about. `rejected`: by canonical table the refused rows and the rows handed over.
    `coverage`: by canonical table the sources that fill it and how (full, partial, absent). `loaded_at`: by source.
    `limits`: from which on something is doubtful (reference data trust_limits).
    """

    parents: Mapping[str, frozenset[str]]
    tests: Mapping[str, Sequence[Cause]]
    laws: Sequence[tuple[frozenset[str], Cause]]
    rejected: Mapping[str, tuple[int, int]]
    coverage: Mapping[str, Mapping[str, str]]
    loaded_at: Mapping[str, datetime]
    limits: Mapping[str, float]
    _below: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def below(self, model: str) -> frozenset[str]:
        """A model and everything that it stands on."""
        found = self._below.get(model)
        if found is None:
            seen, open_models = {model}, [model]
            while open_models:
                for parent in self.parents.get(open_models.pop(), frozenset()):
                    if parent not in seen:
                        seen.add(parent)
                        open_models.append(parent)
            found = self._below[model] = frozenset(seen)
        return found


def assess(facts: TrustFacts, models: Iterable[str], now: datetime) -> Trust:
    """The trust in a page or figure that reads `models` (names without schema; unknown ones count for nothing)."""
    below = frozenset[str]().union(*(facts.below(model) for model in models))
    tables = {model.removeprefix(CANONICAL_PREFIX) for model in below if model.startswith(CANONICAL_PREFIX)}
    causes = [
        *(cause for model in below for cause in facts.tests.get(model, ())),
        *(cause for about, cause in facts.laws if (about - _OF_EVERY_LAW) & below),
        *_refused(facts, tables),
        *_gaps(facts, tables),
        *_stale(facts, tables, now),
    ]
    causes.sort(key=lambda one: (-_ORDER.index(_STATES[one.kind]), one.kind, -one.rows, one.subject))
    state: TrustState = _STATES[causes[0].kind] if causes else "sound"
    known = {model for model in below if model in facts.parents}
    return Trust(state, tuple(causes), len(known), len(tables & facts.coverage.keys()))


def metric_models(catalogue: Catalogue, metric: str) -> frozenset[str]:
    """The facts that a metric counts, by model name."""
    return frozenset(
        catalogue.measure_of(leaf)[0].relation.rsplit(".", 1)[-1].strip('"') for leaf in catalogue.leaves(metric)
    )


def _refused(facts: TrustFacts, tables: Iterable[str]) -> Iterable[Cause]:
    """Tables with refused rows; a few of very many are said but cast no doubt."""
    for table in tables:
        refused, read = facts.rejected.get(table, (0, 0))
        if refused:
            is_few = refused <= facts.limits["refused_share"] * read
            yield Cause("few_rejected" if is_few else "rejected", table, table, refused)


def _gaps(facts: TrustFacts, tables: Iterable[str]) -> Iterable[Cause]:
    """Tables that no source hands over, and those that none hands over whole."""
    for table in sorted(tables):
        statuses = set(facts.coverage.get(table, {}).values())
        if statuses and statuses == {"absent"}:
            yield Cause("absent", table, table, 0)
        elif statuses and "full" not in statuses:
            yield Cause("partial", table, table, 0)


def _stale(facts: TrustFacts, tables: Iterable[str], now: datetime) -> Iterable[Cause]:
    """Sources that fill one of the tables and were read too long ago."""
    used = {
        source
        for table in tables
        for source, status in facts.coverage.get(table, {}).items()
        if status in ("full", "partial")
    }
    for source in sorted(used):
        loaded_at = facts.loaded_at.get(source)
        if loaded_at is not None and now - loaded_at > timedelta(days=facts.limits["stale_days"]):
            yield Cause("stale", source, source, (now - loaded_at).days)
