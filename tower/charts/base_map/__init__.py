"""Outlines of land and the middles of countries, from files beside this one: no map server is asked."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FOLDER = Path(__file__).parent
Coordinates = NDArray[np.float64]


@cache
def _lines(detail: str) -> tuple[Coordinates, ...]:
    """Coast lines of one level of detail ('world' or 'regional'), each an array of (longitude, latitude)."""
    features = json.loads((_FOLDER / "land.geojson").read_text(encoding="utf-8"))["features"]
    found = next(one for one in features if one["properties"]["detail"] == detail)
    return tuple(np.array(line, dtype=np.float64) for line in found["geometry"]["coordinates"])


@cache
def country_middles() -> dict[str, tuple[float, float]]:
    """For each country code (ISO 3166-1, two letters) the longitude and latitude of its middle."""
    written = json.loads((_FOLDER / "country_middles.json").read_text(encoding="utf-8"))
    return {code: (place[0], place[1]) for code, place in written.items()}


def outlines(west: float, east: float, south: float, north: float, most_points: int) -> tuple[Coordinates, Coordinates]:
    """Longitudes and latitudes of the land in a window, outlines parted by NaN; the finest detail in `most_points`."""
    for detail in ("regional", "world"):
        seen = [
            piece for line in _lines(detail)
            if _touches(line, west, east, south, north) and len(piece := _clipped(line, west, east, south, north)) > 2
        ]  # fmt: skip
        if sum(len(piece) + 1 for piece in seen) <= most_points:
            break
    # The longest coasts first; what does not fit in any more is left out.
    seen.sort(key=lambda piece: -len(piece))
    sizes = np.cumsum([len(piece) + 1 for piece in seen]) if seen else np.array([])
    kept = seen[: int(np.searchsorted(sizes, most_points, side="right"))]
    gap = np.array([[np.nan, np.nan]])
    points = np.concatenate([piece for line in kept for piece in (line, gap)]) if kept else np.empty((0, 2))
    return points[:, 0], points[:, 1]


def _touches(line: Coordinates, west: float, east: float, south: float, north: float) -> bool:
    low, high = line.min(axis=0), line.max(axis=0)
    return bool(low[0] <= east and high[0] >= west and low[1] <= north and high[1] >= south)


def _clipped(ring: Coordinates, west: float, east: float, south: float, north: float) -> Coordinates:
    """The part of a closed outline inside the window, by Sutherland and Hodgman's method: one side after the other."""
    for axis, limit, sign in ((0, west, 1.0), (0, east, -1.0), (1, south, 1.0), (1, north, -1.0)):
        if len(ring) < 3:
            break
        ahead = np.roll(ring, -1, axis=0)
        depth, depth_ahead = sign * (ring[:, axis] - limit), sign * (ahead[:, axis] - limit)
        is_in, crosses = depth >= 0, (depth >= 0) != (depth_ahead >= 0)
        share = np.divide(depth, depth - depth_ahead, out=np.zeros_like(depth), where=crosses)
        cut = ring + (ahead - ring) * share[:, None]
        both = np.stack([ring, cut], axis=1).reshape(-1, 2)
        ring = both[np.stack([is_in, crosses], axis=1).ravel()]
    return np.concatenate([ring, ring[:1]]) if len(ring) else ring
