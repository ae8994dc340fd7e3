"""What is wrong with a change file: a sentence for each mistake, with its place, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planning.errors import PlanningError


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `line` counts from 1; 0 where the scenario was not read from a text. `place`: such as
    `changes[2].factor`."""

    sentence: str
    place: str = ""
    line: int = 0
    file: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, f"line {self.line}" if self.line else "", self.place) if part)
        return f"{where}: {self.sentence}" if where else self.sentence


class ScenarioError(PlanningError):
    """A scenario that cannot be applied; `problems` are all that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} mistakes" if len(problems) > 1 else "One mistake"
        super().__init__(f"{count} in the scenario:\n" + "\n".join(f"  - {one}" for one in problems))


class Refused(PlanningError):
    """One change that does not fit what it is applied to: the key of the field, and the sentence."""

    def __init__(self, key: str, sentence: str) -> None:
        self.key, self.sentence = key, sentence
        super().__init__(sentence)
