"""Rows in one order, so that the same rows give the same findings to the last digit, however they come."""

from __future__ import annotations

from collections.abc import Sequence

from planning.detection.findings import DetectionRows


def in_order(rows: DetectionRows, names: Sequence[str]) -> DetectionRows:
    """The rows of these names, each sorted by all its columns."""
    frames = {name: rows[name] for name in names}
    return DetectionRows({name: frame.sort(frame.columns, nulls_last=True) for name, frame in frames.items()})
