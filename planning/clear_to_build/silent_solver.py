"""Keep the solver off the standard output: HiGHS prints a line of its own in some programs, whatever its options say.

The line comes from C, so it is the process's output that is turned away while the solver runs, for all its threads.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

_STANDARD_OUTPUT = 1
# Two solvers at a time would restore each other's silence.
_LOCK = Lock()


@contextmanager
def silent_solver() -> Iterator[None]:
    """Turn the standard output away. Where there is none, nothing is done."""
    with _LOCK:
        try:
            kept = os.dup(_STANDARD_OUTPUT)
        except OSError:
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            _flush()
            os.dup2(nowhere, _STANDARD_OUTPUT)
            yield
        finally:
            # What C holds back is written before the output is restored, else it would appear after all.
            _flush()
            os.dup2(kept, _STANDARD_OUTPUT)
            os.close(kept)
            os.close(nowhere)


def _flush() -> None:
    if sys.stdout is not None:
        with suppress(ValueError):  # A closed stream holds nothing back.
            sys.stdout.flush()
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).fflush(None)
