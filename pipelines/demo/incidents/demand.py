"""Incidents in demand and in the opinion of it: a surge, a collapse, a planner who sees too much or too little."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import FLEET
from pipelines.demo.incidents.kind import Choice, Floats, Incident, Kind, Scene
from pipelines.demo.world import World


def _by_family(scene: Scene, item_value: Floats) -> Floats:
    """(families) sums of a value by item."""
    company = scene.world.company
    known = company.items.family >= 0
    return np.bincount(company.items.family[known], item_value[known], len(company.families)).astype(np.float64)


def _free_market(scene: Scene) -> Floats:
    """(items) share of the demand that comes from shops and consumers: fleets' projects know no sudden taste."""
    return np.asarray(1.0 - scene.world.company.items.channel_share[:, FLEET], dtype=np.float64)


def _one_family(scene: Scene, change: float) -> tuple[int, float]:
    """A family and what changes of its revenue while it lasts; (-1, 0) where none is large enough."""
    revenue = _by_family(scene, scene.exposure.item_revenue * _free_market(scene))
    changed = revenue * abs(change) * scene.years
    allowed = scene.free("family", revenue.size)
    # Not one of the families that the company lives on, where there is another.
    most = 0.14 * scene.exposure.revenue * abs(change) * scene.years
    family = scene.drawn(changed, allowed, 1.0, most)
    return (family, float(changed[family])) if family >= 0 else (-1, 0.0)


def _about_family(scene: Scene, family: int) -> dict[str, tuple[int, ...]]:
    company = scene.world.company
    items = np.flatnonzero((company.items.family == family) & (scene.exposure.item_revenue > 0))
    return {"family": (family,), "item": tuple(items.tolist())}


def _names(world: World, incident: Incident) -> tuple[str, str]:
    family = incident.choice.main[1][0]
    return world.company.families[family], world.company.families_zh[family]


class DemandSurge(Kind):
    """A family sells much better than anyone expects."""

    name = "demand_surge"
    duration_days = (28, 49)
    latest_start = 85
    lingers_days = 28
    unit = "times the usual demand"
    floors = 1.5

    def choose(self, scene: Scene) -> Choice | None:
        factor = round(scene.between(1.8, 2.5, "size"), 2)
        # What the stock of each item does not cover comes late.
        days = (factor - 1.0) * min(scene.duration_days, scene.days_left)
        short = np.maximum(days - scene.projection().sold_days(), 0.0)
        value = scene.exposure.item_pace * _free_market(scene)
        value[scene.exposure.sold] *= short / 365
        late = _by_family(scene, value)
        most = 0.25 * scene.exposure.revenue * (factor - 1.0) * scene.years
        family = scene.drawn(late, scene.free("family", late.size), self.floors, most)
        return Choice(_about_family(scene, family), factor, float(late[family])) if family >= 0 else None

    def press(self, world: World, incident: Incident) -> None:
        world.effects.item_demand[incident.choice.codes("item")] *= incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.item_cause[incident.choice.codes("item")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name, name_zh = _names(world, incident)
        return (
            f"{name} sell {incident.choice.size:g} times as well as before.",
            f"{name_zh}的需求突增至{incident.choice.size:g}倍。",
        )


class DemandCollapse(Kind):
    """A family hardly sells any more, while what was planned for it still comes in."""

    name = "demand_collapse"
    duration_days = (75, 110)
    latest_start = 60
    unit = "times the usual demand"

    def choose(self, scene: Scene) -> Choice | None:
        factor = round(scene.between(0.12, 0.3, "size"), 2)
        family, exposed = _one_family(scene, factor - 1.0)
        return Choice(_about_family(scene, family), factor, exposed) if family >= 0 else None

    def press(self, world: World, incident: Incident) -> None:
        world.effects.item_demand[incident.choice.codes("item")] *= incident.choice.size

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name, name_zh = _names(world, incident)
        return (
            f"{name} sell only {incident.choice.size:.0%} of what they did; stock is left over.",
            f"{name_zh}的需求骤降至原来的{incident.choice.size:.0%}，库存积压。",
        )


class ForecastBias(Kind):
    """The planner of a family forecasts far too much, or far too little, month after month."""

    name = "forecast_bias"
    duration_days = (80, 115)
    latest_start = 50
    lingers_days = 21
    unit = "times an unbiased forecast"
    floors = 1.0

    def choose(self, scene: Scene) -> Choice | None:
        too_much = bool(scene.world.luck.chance(0.5, "forecast_bias direction", scene.number)[0])
        factor = round(scene.between(1.7, 2.2, "size") if too_much else scene.between(0.25, 0.45, "size"), 2)
        family, exposed = _one_family(scene, factor - 1.0)
        if family < 0:
            return None
        subjects = _about_family(scene, family) | {"planner": (self._planner(scene.world, family),)}
        return Choice(subjects, factor, exposed, variant="too much" if too_much else "too little")

    def _planner(self, world: World, family: int) -> int:
        """Who plans most of the family's items."""
        planners = world.policy.planner[world.company.items.family[world.policy.item] == family]
        return int(np.argmax(np.bincount(planners))) if planners.size else 0

    def press(self, world: World, incident: Incident) -> None:
        world.effects.forecast_bias[incident.choice.codes("item")] *= incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        if incident.choice.size < 1.0:
            world.effects.item_cause[incident.choice.codes("item")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name, name_zh = _names(world, incident)
        planner = world.company.planners[int(incident.choice.codes("planner")[0])]
        return (
            f"{planner} forecasts {incident.choice.size:g} times what {name} will sell.",
            f"{planner}对{name_zh}的预测是实际需求的{incident.choice.size:g}倍。",
        )
