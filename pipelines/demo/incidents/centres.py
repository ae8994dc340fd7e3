"""Incidents on the shop floor: too few hours at a work centre, machines that break down again and again."""

from __future__ import annotations

import numpy as np

from pipelines.demo.incidents.kind import Choice, Flags, Floats, Incident, Kind, Scene
from pipelines.demo.incidents.suppliers import MOST_FLOORS
from pipelines.demo.world import World

WORKING_DAYS = 5


def _late(scene: Scene, lost_share: float) -> Floats:
    """(work centres) net sales that come late when such a share of what is worked on there is lost while it lasts."""
    operations, count = scene.world.company.operations, scene.world.company.work_centres.count
    projection = scene.projection()
    lost_days = lost_share * min(scene.duration_days, scene.days_left)
    node = operations.node
    # What lies there already bridges some of it; sold items and what is further on are taken off by the projection.
    semi = scene.exposure.item_revenue[scene.world.policy.item[node]] <= 0
    stock_days = projection.held[node] / np.maximum(projection.daily_use[node], 1e-9)
    lacks = np.maximum(lost_days - semi * stock_days, 0.0)
    return projection.late_revenue(operations.work_centre, node, lacks, count)


def _week_hours(world: World) -> Floats:
    """(work centres) hours of a usual week that can be worked."""
    centres = world.company.work_centres
    return centres.units * centres.hours_per_unit * centres.efficiency * WORKING_DAYS


def _load(scene: Scene) -> Floats:
    """(work centres) expected hours as a share of the hours there are."""
    return scene.exposure.centre_hours / np.maximum(_week_hours(scene.world), 1e-9)


def _allowed(scene: Scene, least_load: float) -> Flags:
    return scene.free("work_centre", scene.world.company.work_centres.count) & (_load(scene) >= least_load)


class WorkCentreOverload(Kind):
    """Shifts are missing at a work centre: less than the load needs, so the queue grows week by week."""

    name = "work_centre_overload"
    duration_days = (35, 56)
    latest_start = 80
    lingers_days = 14
    unit = "hours as a share of the usual"
    floors = 2.0

    def choose(self, scene: Scene) -> Choice | None:
        # So much of the load can be done, whatever the load is.
        done = scene.between(0.5, 0.7, "size")
        exposed = _late(scene, 1.0 - done)
        centre = scene.drawn(exposed, _allowed(scene, 0.3), self.floors, MOST_FLOORS * scene.exposure.floor)
        if centre < 0:
            return None
        left = min(float(_load(scene)[centre]) * done, 0.7)
        return Choice({"work_centre": (centre,)}, round(left, 3), float(exposed[centre]))

    def press(self, world: World, incident: Incident) -> None:
        world.effects.capacity_factor[incident.choice.codes("work_centre")] *= incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.centre_cause[incident.choice.codes("work_centre")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name = world.company.work_centres.names[incident.choice.main[1][0]]
        share = f"{incident.choice.size:.0%}"
        return (
            f"{name} has {share} of its usual hours, less than its load.",
            f"{name}的可用工时降至平时的{share}，低于负荷。",
        )


class BreakdownCluster(Kind):
    """A work centre breaks down again and again."""

    name = "breakdown_cluster"
    duration_days = (21, 35)
    latest_start = 95
    lingers_days = 14
    unit = "times the usual breakdowns"
    floors = 2.0

    def choose(self, scene: Scene) -> Choice | None:
        centres = scene.world.company.work_centres
        # So many hours are lost that only such a share of the load can be done.
        done = scene.between(0.45, 0.65, "size")
        exposed = _late(scene, 1.0 - done)
        usual = centres.breakdowns_per_week * centres.repair_hours
        allowed = _allowed(scene, 0.3) & (usual > 0)
        centre = scene.drawn(exposed, allowed, self.floors, MOST_FLOORS * scene.exposure.floor)
        if centre < 0:
            return None
        load = min(float(_load(scene)[centre]), 1.0)
        shift = float((centres.units * centres.hours_per_unit)[centre]) * WORKING_DAYS
        factor = round(max(_repair_share(1.0 - load * done) * shift / float(usual[centre]), 4.0), 1)
        return Choice({"work_centre": (centre,)}, factor, float(exposed[centre]))

    def press(self, world: World, incident: Incident) -> None:
        world.effects.breakdown_factor[incident.choice.codes("work_centre")] *= incident.choice.size

    def blame(self, world: World, incident: Incident) -> None:
        world.effects.centre_cause[incident.choice.codes("work_centre")] = incident.number

    def told(self, world: World, incident: Incident) -> tuple[str, str]:
        name = world.company.work_centres.names[incident.choice.main[1][0]]
        return f"{name} breaks down again and again.", f"{name}故障频发。"


def _repair_share(lost: float) -> float:
    """Mean repair time, as a share of the shift, at which such a share is lost: a day loses at most nine tenths."""
    means = np.linspace(0.05, 6.0, 400)
    return float(np.interp(lost, means * (1.0 - np.exp(-0.9 / means)), means))
