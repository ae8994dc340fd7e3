"""Terms that mean different things to different people, and what they mean here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ConfusedTerm:
    """One term with the meanings found in use and the rule this product follows, in both languages."""

    term: str
    term_zh: str
    variants: str
    variants_zh: str
    rule: str
    rule_zh: str


@cache
def confusion_register() -> tuple[ConfusedTerm, ...]:
    """All terms of register.toml, in its order."""
    content = tomllib.loads((Path(__file__).parent / "register.toml").read_text(encoding="utf-8"))
    return tuple(ConfusedTerm(**entry) for entry in content["term"])
