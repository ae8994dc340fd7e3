"""What a change may be told: names, numbers, days, dates, choices; each read from text, with a sentence where it fails.

A field is a column of the dataclass of its change. Texts are read as they stand in the file, so that an id such as
0012 or NO stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field, field, fields
from datetime import date
from difflib import get_close_matches
from math import isfinite
from typing import Any

from planning.scenarios.mistakes import Bilingual, said

_MISSING: Any = object()
MOST_NAMED = 3
MOST_DAYS = 3650


class Unreadable(ValueError):
    """A text that a field cannot hold; the message goes on after "`key` is 'text'"."""


def _field(
    read: Callable[[str], object], says: str, key: str, form: str, *, required: bool, many: bool = False,
    limits: tuple[float | None, float | None] = (None, None), words: Sequence[str] = (),
) -> Any:  # fmt: skip
    """`form`, `limits` and `words` are for who draws an input: name, number, whole, day or choice."""
    metadata = {"read": read, "says": says, "key": key, "required": required, "many": many, "form": form,
                "limits": limits, "words": tuple(words)}  # fmt: skip
    if required:
        return field(metadata=metadata)
    return field(default=() if many else None, metadata=metadata)


def name(key: str = "", *, required: bool = False) -> Any:
    """One id. `key` is the word in the file, where it is not that of the column."""
    return _field(_text, said("a_name"), key, "name", required=required)


def names(*, required: bool = False) -> Any:
    """One id or a list of them."""
    return _field(_text, said("a_name_or_names"), "", "name", required=required, many=True)


def number(key: str = "", *, required: bool = False, above: float | None = None, least: float | None = None,
           most: float | None = None) -> Any:  # fmt: skip
    """A number within limits."""
    limits = {
        name: _plain(limit) for name, limit in (("above", above), ("least", least), ("most", most)) if limit is not None
    }
    says = said("_".join(["a_number", *limits]), **limits)

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise Unreadable(said("write_such_as", what=says)) from None
        is_low = (above is not None and value <= above) or (least is not None and value < least)
        if not isfinite(value) or is_low or (most is not None and value > most):
            raise Unreadable(said("write", what=says))
        return value

    lowest = least if above is None else above
    return _field(read, says, key, "number", required=required, limits=(lowest, most))


def days(key: str = "", *, required: bool = False, least: int = -MOST_DAYS, most: int = MOST_DAYS) -> Any:
    """A whole number of days; later is positive."""
    return whole(key, required=required, least=least, most=most)


def whole(key: str = "", *, required: bool = False, least: int, most: int) -> Any:
    """A whole number within limits."""
    says = said("a_whole_number", least=least, most=most)

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise Unreadable(said("write", what=says)) from None
        if not least <= value <= most:
            raise Unreadable(said("write", what=says))
        return value

    return _field(read, says, key, "whole", required=required, limits=(least, most))


def day(key: str = "", *, required: bool = False) -> Any:
    """A date."""
    return _field(_date, said("a_date"), key, "day", required=required)


def choice(*words: str, required: bool = False) -> Any:
    """One of some words."""

    def read(text: str) -> str:
        if text not in words:
            raise Unreadable(said("write_one_of", first=", ".join(words[:-1]), last=words[-1]))
        return text

    return _field(read, " | ".join(words), "", "choice", required=required, words=words)


def key_of(column: Field[Any]) -> str:
    """The word for a field in a file."""
    return column.metadata["key"] or column.name


def readable(kind: type) -> Sequence[Field[Any]]:
    """The fields of a kind of change, in the order of its declaration."""
    return [column for column in fields(kind) if "read" in column.metadata]


def suggestion(text: str, known: Sequence[str]) -> str:
    """`Did you mean …?`, or what there is where nothing is near; empty where there is nothing at all."""
    near = get_close_matches(text, known, n=MOST_NAMED, cutoff=0.5)
    if near:
        return said("did_you_mean", names=Bilingual(" or ".join(near), " 或 ".join(near)))
    few = list(known[:MOST_NAMED])
    if not few:
        return ""
    more = " …" if len(known) > MOST_NAMED else ""
    return said("there_are", names=Bilingual(", ".join(few) + more, "、".join(few) + more))


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else repr(value)


def _text(text: str) -> str:
    if not text.strip():
        raise Unreadable(said("write", what=said("a_name")))
    return text.strip()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(said("write_date")) from None
