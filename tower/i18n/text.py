"""Texts by key from the folders en and zh, one file for each page and `shell` for what all share.

Both languages hold the same keys; a missing one is an error, never shown as a key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

Language = Literal["en", "zh"]
LANGUAGES: Mapping[Language, str] = {"en": "EN", "zh": "中文"}
DEFAULT_LANGUAGE: Language = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The texts of one language: `text("scorecard.title")`, `text("header.as_of", date="2026-06-30")`."""

    language: Language

    def __call__(self, key: str, **parameters: object) -> str:
        """Raises KeyError for a key that the language file does not hold."""
        return texts(self.language)[key].format(**parameters)

    def has(self, key: str) -> bool:
        return key in texts(self.language)

    def term(self, group: str, value: str) -> str:
        """The word for a value from data (`term("test_status", "pass")`); the value itself where the file has none."""
        return texts(self.language).get(f"{group}.{value}", value)

    def listed(self, parts: Iterable[str]) -> str:
        """Names one after another, with the separator of the language."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def pick(self, english: str | None, chinese: str | None) -> str:
        """Of a text that data carries in both languages, the one to show; the other where it is empty."""
        first, second = (chinese, english) if self.language == "zh" else (english, chinese)
        return first or second or ""


def language_of(code: str | None) -> Language:
    """The language for a code from a URL; the default for anything unknown."""
    return cast(Language, code) if code in LANGUAGES else DEFAULT_LANGUAGE


@cache
def texts(language: Language) -> Mapping[str, str]:
    """All texts of a language by dotted key."""
    found: dict[str, str] = {}
    for file in sorted((Path(__file__).parent / language).glob("*.toml")):
        for key, text in _flat(tomllib.loads(file.read_text(encoding="utf-8")), ""):
            if key in found:
                raise ValueError(f"The text {key!r} stands twice; the second time in {language}/{file.name}.")
            found[key] = text
    return found


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found
