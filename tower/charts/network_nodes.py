"""Nodes of a network as marks: shape and colour by tier, size by what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from tower.charts.style import AXIS

Values = NDArray[np.float64]
SMALLEST, LARGEST = 7.0, 36.0
# Second tier, suppliers, plants, distribution centres, customers: told apart by shape as well as by colour.
TIER_COLOURS = ("#b8a9c9", "#7a6fb0", "#1f4e8c", "#2a9d8f", "#c77d3a")
TIER_SYMBOLS = ("circle-open", "circle", "square", "diamond", "triangle-up")


@dataclass(frozen=True, slots=True)
class NodeMarks:
    """Nodes to draw: place, tier, size value (NaN where it is not known), id, hover, and the label that is written."""

    x: Values
    y: Values
    tier: NDArray[np.int64]
    value: Values
    ids: Sequence[str]
    hovers: Sequence[str]
    labels: Sequence[str]
    positions: Sequence[str]


def sizes(value: Values) -> Values:
    """Diameter in pixels; the area grows with the value. Values that are not known get the smallest."""
    known = np.clip(np.nan_to_num(value), 0, None)
    largest = float(known.max(initial=0.0))
    share = np.sqrt(known / largest) if largest > 0 else np.zeros(len(known))
    return SMALLEST + (LARGEST - SMALLEST) * share


def add_nodes(figure: go.Figure, nodes: NodeMarks, tier_names: Sequence[str], chosen: str | None) -> None:
    """Draw the nodes, one trace for each tier; the one that is chosen gets a ring."""
    diameter = sizes(nodes.value)
    for tier in np.unique(nodes.tier):
        inside = np.flatnonzero(nodes.tier == tier).tolist()
        rings = [3.0 if nodes.ids[at] == chosen else 1.0 for at in inside]
        figure.add_scatter(
            x=nodes.x[inside], y=nodes.y[inside], mode="markers+text", name=tier_names[tier],
            customdata=[[nodes.ids[at]] for at in inside], text=[nodes.labels[at] for at in inside],
            textposition=[nodes.positions[at] for at in inside], textfont={"size": 11}, hoverinfo="text",
            hovertext=[nodes.hovers[at] for at in inside], cliponaxis=False,
            marker={
                "size": diameter[inside], "color": TIER_COLOURS[tier], "symbol": TIER_SYMBOLS[tier], "opacity": 0.9,
                "line": {"width": rings, "color": ["#d1495b" if one > 1 else AXIS for one in rings]},
            },
        )  # fmt: skip
