"""The optional compiler: which of the engines' loops run compiled by numba, and when they are loaded.

Every compiled loop gives the same bits as the NumPy code it stands in for; it is only faster. Loading them takes about
a second (the first time ever tens of seconds, unless a folder keeps what was compiled), so nothing is loaded on import:
`use` says what is wanted, and a thread of a long-lived process may call `warm`. Without a call, small plans run on
NumPy alone, and large ones load numba where it is installed.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Literal, get_args

from planning.errors import PlanningError

Accelerator = Literal["auto", "numpy", "numba"]
# From so many nodes on a plan saves more than loading the compiled loops takes.
WORTH_LOADING = 200_000

# Memory that a process keeps at most for the next plan.
KEPT_BYTES = 2**30
# Numbers of the settings in malloc.h of the GNU C library, and the most that the second may be.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _LARGEST_THRESHOLD = -1, -3, 2**25
_LOOPS = "planning.mrp.compiled"


class _State:
    """What was chosen, and the loops once they are loaded."""

    chosen: Accelerator = "auto"
    folder: Path | None = None
    loops: ModuleType | None = None


_loading = threading.Lock()


def use(name: str, folder: Path | None = None) -> None:
    """Choose for the whole process: "numpy", "numba", or "auto" (numba where it is loaded already or worth loading).

    `folder` keeps compiled loops for the next process; without one they are compiled in memory. It must be said before
    the loops are loaded. Raises PlanningError for another name, and for "numba" where it is not installed.
    """
    if name not in get_args(Accelerator):
        raise PlanningError(f"The accelerator {name!r} is not known. Use {', '.join(get_args(Accelerator))}.")
    if name == "numba" and not is_installed():
        raise PlanningError('numba is not installed. Install control-tower with its extra "fast", or choose "numpy".')
    _State.chosen = name  # type: ignore[assignment]
    if _State.loops is None:
        _State.folder = folder


def is_installed() -> bool:
    """Whether numba is there. It is not imported for that."""
    return find_spec("numba") is not None


def chosen() -> Accelerator:
    """What was last chosen with `use`."""
    return _State.chosen


def warm() -> bool:
    """Load the compiled loops now, unless NumPy was chosen or numba is missing; whether they are there afterwards."""
    if _State.chosen == "numpy" or not is_installed():
        return False
    with _loading:
        if _State.loops is None:
            _State.loops = _loaded()
    return True


def loops(size: int = 0) -> ModuleType | None:
    """The compiled loops for a plan of so many nodes, or None where NumPy does the work."""
    if _State.chosen == "numpy":
        return None
    if _State.loops is None:
        worth = _State.chosen == "numba" or size >= WORTH_LOADING
        if not worth or not warm():
            return None
    return _State.loops


def keep_memory(most: int = KEPT_BYTES) -> bool:
    """Let this process keep memory that a plan gave back for the next one; whether that could be said.

    The C library of Linux gives large arrays back to the system at once. To ask for them again, page by page, takes as
    long as half of the planning, with or without a compiler. For processes that plan again and again.
    """
    if not sys.platform.startswith("linux"):
        return False
    allocator = getattr(ctypes.CDLL(None), "mallopt", None)
    if allocator is None:
        return False
    return bool(allocator(_MMAP_THRESHOLD, _LARGEST_THRESHOLD) and allocator(_TRIM_THRESHOLD, most))


def compiled_folder() -> Path | None:
    """Where compiled loops are kept, if anywhere."""
    return _State.folder


def _loaded() -> ModuleType:
    numba = import_module("numba")
    before: Sequence[object] = (numba.config.CACHE_DIR,)
    if _State.folder is not None:
        numba.config.CACHE_DIR = str(_State.folder)
    try:
        return import_module(_LOOPS)
    finally:
        (numba.config.CACHE_DIR,) = before
