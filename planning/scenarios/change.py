"""One change: a frozen value that says what it needs, what it does to a plan's input, and itself in words.

A kind of change declares its fields (fields.py), which are its keys in a file. `faults` are what the fields together
get wrong; `apply` raises Refused for names that the base does not know and for changes that would change nothing.
"""

# ruff: noqa: RUF009 -- what stands for a default declares a field with the way to read it.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

import numpy as np

from planning.mrp.codes import Flags
from planning.scenarios.draft import Draft, Texts
from planning.scenarios.fields import day, names, suggestion
from planning.scenarios.mistakes import Bilingual, said
from planning.scenarios.problems import Refused

Language = Literal["en", "zh"]
_SCOPE = (
    ("order", "order", "订单"), ("item", "item", "物料"), ("family", "family", "品类"), ("location", "place", "地点"),
    ("supplier", "supplier", "供应商"), ("customer", "customer", "客户"), ("work_centre", "work centre", "工作中心"),
    ("supply", "supply", "供应方式"),
)  # fmt: skip
# Words of a way to get an item.
_WAYS = {"make": "自制", "buy": "采购", "transfer": "调拨", "subcontract": "外协"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What all kinds have. `KIND` is the word in the file; `EXAMPLE` a change as it is written."""

    KIND: ClassVar[str]
    SAYS: ClassVar[tuple[str, str]]
    EXAMPLE: ClassVar[str]

    def faults(self) -> Sequence[str]:
        """What the fields together get wrong."""
        return ()

    def apply(self, draft: Draft) -> Draft:
        """The draft with this change. Raises Refused."""
        raise NotImplementedError

    def phrase(self, language: Language) -> str:
        """What is changed, without where and when."""
        raise NotImplementedError

    def described(self, language: Language = "en") -> str:
        """One line: what, where, when."""
        return self.phrase(language) + self._scope(language) + self._span(language)

    def _scope(self, language: Language) -> str:
        is_zh = language == "zh"
        parts = []
        for key, english, chinese in _SCOPE:
            given = getattr(self, key, None)
            if given:
                named = (_WAYS.get(given, given) if is_zh else given) if isinstance(given, str) else ""
                listed = named or ("、" if is_zh else ", ").join(given)
                parts.append(f"{chinese} {listed}" if is_zh else f"{english} {listed}")
        if not parts:
            return ("：全部" if is_zh else ": everything") if hasattr(self, "item") else ""
        return ("：" + "，".join(parts)) if is_zh else (": " + ", ".join(parts))

    def _span(self, language: Language) -> str:
        start: date | None = getattr(self, "start", None)
        end: date | None = getattr(self, "end", None)
        if start is None and end is None:
            return ""
        if language == "zh":
            return f"，{start or '…'} 至 {end or '…'}"
        return (f", from {start}" if start else "") + (f", until {end}" if end else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfItems(Change):
    """Changes of planned items, chosen by item, family and place; without any of them all."""

    item: tuple[str, ...] = names()
    family: tuple[str, ...] = names()
    location: tuple[str, ...] = names()

    def nodes(self, draft: Draft) -> Flags:
        """The nodes chosen. Raises Refused for an unknown name, and where nothing is chosen."""
        where = draft.directory
        found = np.ones(where.item.size, np.bool_)
        if self.item:
            found &= _named("item", self.item, (where.item,))
        if self.family:
            found &= _named("family", self.family, where.families)
        if self.location:
            found &= _named("location", self.location, (where.location,))
        if not found.any():
            scope = Bilingual(self._scope("en")[2:], self._scope("zh")[1:])
            raise Refused("item", said("nothing_chosen", scope=scope))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Spanned(OfItems):
    """Changes of planned items within a stretch of days, both ends included."""

    start: date | None = day("from")
    end: date | None = day("to")

    def faults(self) -> Sequence[str]:
        return span_faults(self.start, self.end)


def span_faults(start: date | None, end: date | None) -> Sequence[str]:
    """A fault where a stretch of days ends before it begins."""
    if start and end and end < start:
        return (said("ends_before_it_begins", end=end, start=start),)
    return ()


def _named(key: str, asked: tuple[str, ...], words: tuple[Texts, ...]) -> Flags:
    """Which rows carry one of the names in any of the columns."""
    known = sorted({str(one) for column in words for one in np.unique(column.astype(str))} - {""})
    for one in asked:
        if one not in known:
            raise Refused(key, said(f"unknown_{key}", name=one, hint=suggestion(one, known)))
    wanted = np.array(asked, dtype=object)
    found = np.zeros(words[0].size, np.bool_)
    for column in words:
        found |= np.isin(column.astype(str), wanted.astype(str))
    return found


def known_suppliers(draft: Draft, asked: tuple[str, ...]) -> None:
    """Raises Refused for a supplier that neither the master data nor the scenario knows."""
    known = sorted({*draft.directory.suppliers, *draft.model.suppliers})
    for one in asked:
        if one not in known:
            raise Refused("supplier", said("unknown_supplier", name=one, hint=suggestion(one, known)))


def exactly_one(change: Change, *keys: str) -> Sequence[str]:
    """A fault where not just one of some fields is given."""
    given = [key for key in keys if getattr(change, key) is not None]
    if len(given) == 1:
        return ()
    named = {"first": Bilingual(", ".join(keys[:-1]), "、".join(keys[:-1])), "last": keys[-1]}
    if not given:
        return (said("none_of_one", **named),)
    return (said("many_of_one", **named, given=Bilingual(" and ".join(given), "、".join(given))),)


def shown(value: float | None) -> str:
    """A number without needless zeros."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value)
