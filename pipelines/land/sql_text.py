"""Values written into SQL text where they cannot be bound: the names of files, mostly."""

from __future__ import annotations


def quoted(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"
