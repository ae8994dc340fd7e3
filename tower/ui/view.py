"""What a page is handed: the reader, the build, the languages' words, and what is filtered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tower.access import RowScope
from tower.builds import BuildSummary
from tower.errors import TowerError
from tower.i18n import Numbers, Text
from tower.metrics import Catalogue, Filter, Period
from tower.store import User
from tower.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Selection:
    """The global filters: the period, and for each filtered dimension the ids and the names of what was chosen."""

    period: Period
    where: tuple[Filter, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    @property
    def dimensions(self) -> frozenset[str]:
        return frozenset(condition.dimension for condition in self.where)


@dataclass(frozen=True, slots=True)
class View:
    """One reader's view of one build. `missing` names, metric by metric, what the sources do not hand over.

    `is_served` is false where the reader chose an earlier build than the one that everybody is shown.
    """

    now: datetime
    text: Text
    numbers: Numbers
    user: User
    scope: RowScope
    build: BuildSummary
    company_name: str
    warehouse: Warehouse
    catalogue: Catalogue
    missing: Mapping[str, tuple[str, ...]]
    selection: Selection
    is_served: bool = True

    def label(self, metric: str) -> str:
        known = self.catalogue.metric(metric)
        return self.text.pick(known.label, known.label_zh)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the frame found before any page ran: a view, or why there is none."""

    text: Text
    user: User | None
    view: View | None
    problem: TowerError | None
