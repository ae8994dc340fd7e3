"""All incidents of a run: planned cycle by cycle, begun in the morning, pressed on the world while they last, ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipelines.demo.incidents.contents import KINDS
from pipelines.demo.incidents.exposure import ExposureBook
from pipelines.demo.incidents.kind import REST_DAYS, Choice, Floats, Incident, PlannedIncident, Scene
from pipelines.demo.incidents.projection import Projection
from pipelines.demo.incidents.schedule import CYCLE_DAYS, cycle_of, duration, first_day_of, plan_cycle
from pipelines.demo.world import World
from tower.errors import TowerError

# Types of subject that only one incident at a time may have.
_EXCLUSIVE = ("supplier", "item", "node", "work_centre", "customer", "campaign", "family")
# Effects that are built anew each morning, and their neutral values. A debtor's payment stop stays for good.
_NEUTRAL = {
    "source_production_delay": 0.0,
    "source_transit_delay": 0.0,
    "source_defect_rate": 0.0,
    "source_price": 1.0,
    "source_cause": -1,
    "capacity_factor": 1.0,
    "breakdown_factor": 1.0,
    "centre_cause": -1,
    "item_demand": 1.0,
    "item_cause": -1,
    "customer_transit_delay": 0.0,
    "customer_cause": -1,
    "forecast_bias": 1.0,
    "node_cause": -1,
    "campaign_leads": 1.0,
    "campaign_quality": 1.0,
}


PATIENCE_DAYS = 5
"""So long an incident looks for a subject before another kind takes its place; twice as long, and nothing happens."""


class UnknownIncidentKind(TowerError):
    """A kind of incident that does not exist was asked for."""


class Incidents:
    """What goes wrong in this world.

    `kinds`: None = all; () = nothing ever; some = only these, each of them in the cycle before the three-year day.
    `only`: the number of the one incident of the plan that happens. `planned`: exactly these happen and no others; a
    run that is to differ by one incident takes `as_planned()` of another run without it.
    """

    def __init__(
        self,
        world: World,
        kinds: tuple[str, ...] | None = None,
        *,
        only: int | None = None,
        planned: Sequence[PlannedIncident] | None = None,
    ) -> None:
        unknown = sorted(set(kinds or ()) - set(KINDS))
        if unknown:
            raise UnknownIncidentKind(
                f"no kind of incident is called {', '.join(unknown)}; there are: {', '.join(KINDS)}"
            )
        self.world = world
        self.begun: list[Incident] = []
        self.replaced = 0
        """How many found no subject and gave way to another kind."""
        self.skipped = 0
        """How many found no subject, nor did any other kind."""
        self._kinds = [KINDS[name] for name in (KINDS if kinds is None else kinds)]
        self._every_kind = kinds is not None
        self._only = only
        self._is_fixed = planned is not None
        self._cycle = -10
        self._plan: list[PlannedIncident] = sorted(planned or (), key=lambda each: (each.start_day, each.number))
        self._standing_by: list[str] = []
        self._next_number = 0
        self._active: list[Incident] = []
        self._taken: dict[str, dict[int, int]] = {}
        self._book = ExposureBook(world)
        self._is_neutral = True
        self._projection: Projection | None = None
        self._projection_day = -1

    def step(self) -> None:
        """The morning: end what is over, begin what is due, and set today's effects."""
        self._plan_ahead()
        if not (self._plan or self._active) and self._is_neutral:
            return
        for incident in self._active:
            if not incident.is_over and KINDS[incident.kind].has_ended(self.world, incident):
                self._end(incident)
        due = [planned for planned in self._plan if planned.start_day <= self.world.day]
        if due:
            self._plan = self._plan[len(due) :]
            waiting = [planned for planned in due if not self._begin(planned)]
            self._plan = waiting + self._plan
        self._active = [incident for incident in self._active if not self._is_forgotten(incident)]
        self._press()

    def as_planned(self) -> tuple[PlannedIncident, ...]:
        """What has happened so far, subjects and sizes included, to be played again."""
        return tuple(
            PlannedIncident(each.number, each.kind, each.start_day, each.kept["duration_days"], each.choice)
            for each in self.begun
        )

    def replay(self, planned: Sequence[PlannedIncident]) -> None:
        """From today on exactly these begin and no others; what is under way goes on."""
        self._is_fixed = True
        later = (each for each in planned if each.start_day > self.world.day)
        self._plan = sorted(later, key=lambda each: (each.start_day, each.number))

    def own_stock(self, choice: Choice) -> Floats:
        """Quantity of each of a choice's items in all own places."""
        held = self.world.stock.quantity[choice.codes("item")] * self.world.company.places.is_own
        return np.asarray(held.sum(axis=1), dtype=np.float64)

    # -- the plan -------------------------------------------------------------------------------------------------

    def _plan_ahead(self) -> None:
        """Take up the next cycle on its first day (in the middle of one, on the first day of all)."""
        cycle = cycle_of(self.world.day)
        if self._is_fixed or cycle == self._cycle:
            return
        self._cycle = cycle
        planned, self._standing_by = plan_cycle(
            self.world, cycle, self._kinds, self._next_number, every_kind=self._every_kind
        )
        self._next_number += len(planned)
        wanted = [each for each in planned if self._only is None or each.number == self._only]
        self._plan += [each for each in wanted if each.start_day >= self.world.day]

    def _begin(self, planned: PlannedIncident) -> bool:
        """Begin an incident if it finds a subject; False: it tries again tomorrow."""
        waited = self.world.day - planned.start_day
        choice, name, length = planned.choice, planned.kind, planned.duration_days
        if choice is None:
            choice = self._chosen(planned, name, length)
            if choice is None and waited >= PATIENCE_DAYS and not self._is_fixed:
                name, length, choice = self._replacement(planned)
            if choice is None:
                self.skipped += waited >= 2 * PATIENCE_DAYS
                return waited >= 2 * PATIENCE_DAYS
        incident = Incident(
            number=planned.number,
            kind=name,
            start_day=self.world.day,
            end_day=self.world.day + length,
            choice=choice,
            floor_value=self._book.today().floor,
            stock_before=self.own_stock(choice),
            kept={"duration_days": length},
        )
        for subject in _EXCLUSIVE:
            for code in choice.subjects.get(subject, ()):
                self._taken.setdefault(subject, {})[code] = incident.end_day + REST_DAYS
        KINDS[name].begin(self.world, incident)
        self.begun.append(incident)
        self._active.append(incident)
        return True

    def _replacement(self, planned: PlannedIncident) -> tuple[str, int, Choice | None]:
        """A kind that may begin today in place of one without a subject: one that stands by, else one of the others."""
        first = first_day_of(cycle_of(self.world.day))
        for name in (*self._standing_by, *(kind.name for kind in self._kinds)):
            kind = KINDS[name]
            days = kind.first_days(self.world, first)
            if self.world.day - first > kind.latest_start or (days is not None and self.world.day not in days):
                continue
            length = duration(self.world, kind, planned.number)
            choice = self._chosen(planned, name, length)
            if choice is not None:
                self._standing_by = [each for each in self._standing_by if each != name]
                self.replaced += 1
                return name, length, choice
        return planned.kind, planned.duration_days, None

    def _chosen(self, planned: PlannedIncident, name: str, length: int) -> Choice | None:
        end_of_cycle = first_day_of(cycle_of(self.world.day)) + CYCLE_DAYS
        scene = Scene(
            world=self.world,
            exposure=self._book.today(),
            kind=name,
            number=planned.number,
            duration_days=length,
            days_left=end_of_cycle - self.world.day,
            projection=self._projected,
            taken=self._taken,
        )
        return KINDS[name].choose(scene)

    def _projected(self) -> Projection:
        if self._projection is None or self._projection_day != self.world.day:
            days_left = first_day_of(cycle_of(self.world.day)) + CYCLE_DAYS - self.world.day
            self._projection = Projection(self.world, self._book.today(), days_left)
            self._projection_day = self.world.day
        return self._projection

    # -- the day --------------------------------------------------------------------------------------------------

    def _end(self, incident: Incident) -> None:
        KINDS[incident.kind].end(self.world, incident)
        incident.is_over = True
        incident.end_day = self.world.day
        incident.stock_after = self.own_stock(incident.choice)

    def _is_forgotten(self, incident: Incident) -> bool:
        return incident.is_over and self.world.day >= incident.end_day + KINDS[incident.kind].lingers_days

    def _press(self) -> None:
        effects = self.world.effects
        for name, neutral in _NEUTRAL.items():
            getattr(effects, name)[:] = neutral
        for incident in self._active:
            if not incident.is_over:
                KINDS[incident.kind].press(self.world, incident)
            KINDS[incident.kind].blame(self.world, incident)
        self._is_neutral = not self._active


def without(planned: Sequence[PlannedIncident], number: int) -> tuple[PlannedIncident, ...]:
    """A plan without one incident."""
    return tuple(replace(each) for each in planned if each.number != number)
