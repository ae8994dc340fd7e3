"""Process capability against the specification: Cp and Cpk (Montgomery, chapter 8)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capability:
    """`cp`: width of the specification over six sigma, none with one limit only; `cpk`: the nearer limit counts."""

    cp: float | None
    cpk: float | None


def capability(centre: float, sigma: float, lower: float | None, upper: float | None) -> Capability:
    """Capability of a process with this centre and sigma; without spread or specification there is none."""
    if sigma <= 0 or (lower is None and upper is None):
        return Capability(None, None)
    sides = [
        *([] if upper is None else [(upper - centre) / (3 * sigma)]),
        *([] if lower is None else [(centre - lower) / (3 * sigma)]),
    ]
    both = None if lower is None or upper is None else (upper - lower) / (6 * sigma)
    return Capability(both, min(sides))
