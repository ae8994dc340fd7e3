"""A change file being edited: its own changes taken out and put back, whatever it is stacked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from planning.scenarios.change import Change
from planning.scenarios.document import Scenario, read_scenario, written

_NOTHING = "scenario: 1\nname: below\nchanges: []\n"


@lru_cache(maxsize=128)
def own_part(text: str, file: str = "") -> Scenario:
    """What a change file says itself, without what it is stacked on. Raises ScenarioError with all its mistakes."""
    asked: list[str] = []

    def below(name: str) -> str:
        asked.append(name)
        return _NOTHING

    found = read_scenario(text, below, file)
    return replace(found, on=asked[0] if asked else "")


def with_changes(text: str, changes: Sequence[Change]) -> str:
    """The file with other changes; name, titles and what it stands on stay."""
    return written(replace(own_part(text), changes=tuple(changes), places=()))


def renamed(text: str, name: str, *, on: str | None = None, title: str | None = None) -> str:
    """The file under another name, and on another one or with another title where they are given."""
    own = own_part(text)
    return written(
        replace(own, name=name, on=own.on if on is None else on, title=own.title if title is None else title)
    )


def new_file(name: str, title: str = "", on: str = "", changes: Sequence[Change] = ()) -> str:
    """A new change file."""
    return written(Scenario(name, tuple(changes), title, on=on))


def standing_alone(whole: Scenario) -> str:
    """A scenario with all it is stacked on as one file, which runs on the command line without the others."""
    return written(replace(whole, on="", places=()))


def moved(changes: Sequence[Change], position: int, by: int) -> tuple[Change, ...]:
    """The changes with one of them brought up (−1) or down (+1)."""
    found = list(changes)
    to = min(max(position + by, 0), len(found) - 1)
    found.insert(to, found.pop(position))
    return tuple(found)


def without(changes: Sequence[Change], position: int) -> tuple[Change, ...]:
    """The changes without one of them."""
    return tuple(one for number, one in enumerate(changes) if number != position)
