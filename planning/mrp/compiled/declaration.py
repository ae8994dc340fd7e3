"""How a loop is declared to the compiler: with the types of what it takes, so that it is compiled when it is loaded.

Inputs are read-only contiguous arrays, outputs are arrays of the caller. No fast mathematics: every operation rounds
as NumPy's does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from planning.accelerator import compiled_folder

Loop = Callable[..., Any]

INTEGERS = types.Array(types.int64, 1, "C", readonly=True)
FLOATS = types.Array(types.float64, 1, "C", readonly=True)
FLAGS = types.Array(types.boolean, 1, "C", readonly=True)
TABLE = types.Array(types.int64, 2, "C", readonly=True)
OUT = types.int64[::1]
OUT_FLAGS = types.boolean[::1]
INTEGER = types.int64
FLOAT = types.float64


def compiled(*arguments: Any) -> Callable[[Loop], Loop]:
    """A loop compiled for these arguments at once."""
    keeps = compiled_folder() is not None
    decorate: Callable[[Loop], Loop] = numba.njit(
        arguments, cache=keeps, nogil=True, error_model="numpy", fastmath=False
    )
    return decorate


def inlined(function: Loop) -> Loop:
    """A small function that loops call."""
    decorate: Callable[[Loop], Loop] = numba.njit(nogil=True, error_model="numpy")
    return decorate(function)


def whole(array: NDArray[Any]) -> NDArray[np.int64]:
    """An array as the loops take it; a copy only where it is of another type or not in one piece."""
    return np.ascontiguousarray(array, dtype=np.int64)


def real(array: NDArray[Any]) -> NDArray[np.float64]:
    """The same for floats."""
    return np.ascontiguousarray(array, dtype=np.float64)


def flags(array: NDArray[Any]) -> NDArray[np.bool_]:
    """The same for flags."""
    return np.ascontiguousarray(array, dtype=np.bool_)


def room(count: int) -> NDArray[np.int64]:
    """Room for results; what is not written to takes no memory."""
    return np.empty(count, np.int64)
