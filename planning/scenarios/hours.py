"""Working hours of a scenario: what changed steps of a work centre's day make of the capacity of its weeks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planning.model.inputs import PlanningModel
from planning.mrp.codes import NONE, Floats, Integers
from planning.scenarios.draft import HoursStep


def capacity(model: PlanningModel, edges: Integers, base: Floats, steps: Sequence[HoursStep]) -> Floats:
    """Hours by work centre and week: for each step in turn the working days inside it, by its factor and hours more.

    `base` as `Load.capacity`, which is left as it is. Only working days count; hours added are at full efficiency.
    """
    found = base.copy()
    if edges.size < 2:
        return found
    days = np.arange(edges[0], edges[-1])
    bucket = np.searchsorted(edges, days, side="right")
    places = dict(model.rows.locations.select("location_id", "calendar_id").iter_rows())
    centres = model.rows.work_centres.sort("work_centre_id")
    touched = sorted({code for step in steps for code in step.work_centres})
    for code in touched:
        row = centres.row(code, named=True)
        works = _working(model, model.calendars.code(row["calendar_id"] or places.get(row["location_id"])), days)
        usual = (row["capacity_hours_per_day"] or 0.0) * (row["efficiency_rate"] or 1.0)
        hours = np.where(works, usual, 0.0)
        for step in steps:
            if code in step.work_centres:
                inside = works & (days >= step.first_day) & (days <= step.last_day)
                hours = np.where(inside, np.maximum(hours * step.factor + step.add, 0.0), hours)
        found[code] = np.bincount(bucket, hours, minlength=edges.size)[: edges.size]
    return found


def _working(model: PlanningModel, code: int, days: Integers) -> np.ndarray:
    """Which days somebody works; none beyond what a calendar states, as in the capacity of the base."""
    if code == NONE:
        return np.ones(days.size, np.bool_)
    works = model.calendars.arrays.is_working[code]
    at = days - model.calendars.arrays.first_day
    return np.where((at >= 0) & (at < works.size), works[np.clip(at, 0, works.size - 1)], False)
