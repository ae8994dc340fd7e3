"""Loops of the engine compiled by numba: the same bits as the NumPy code, faster. `planning.accelerator` loads them."""

from planning.mrp.compiled.explosion import by_level, exploded, levels_of
from planning.mrp.compiled.lots import walked
from planning.mrp.compiled.matching import csr, matched
from planning.mrp.compiled.netting import first_above, netted, running_max
from planning.mrp.compiled.scheduling import backward

__all__ = [
    "backward",
    "by_level",
    "csr",
    "exploded",
    "first_above",
    "levels_of",
    "matched",
    "netted",
    "running_max",
    "walked",
]
