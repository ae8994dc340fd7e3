"""SQLite keeps texts of any length and any character, PostgreSQL does not: the store refuses the same on both."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import String, Table

from tower.errors import StoreError


def check_texts(table: Table, values: Mapping[str, object], word: str) -> None:
    """Raise StoreError for a text that its column cannot hold. `word` names the row to people."""
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        words = name.replace("_", " ")
        kind = table.c[name].type
        if isinstance(kind, String) and kind.length is not None and len(value) > kind.length:
            raise StoreError(
                f"This {word} cannot be kept: its {words} has {len(value)} characters, at most {kind.length} are kept. "
                "Shorten it."
            )
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise StoreError(f"This {word} cannot be kept: its {words} holds a character that is no text. Take it out.")
