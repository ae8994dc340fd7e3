"""What the reader of the pipeline asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tower.queries import pipeline as questions


@dataclass(frozen=True, slots=True)
class Asked:
    """The period, and the representatives, teams and campaigns chosen; empty for all."""

    start: date
    end: date
    who: questions.Asked

    @property
    def days(self) -> tuple[date, date, questions.Asked]:
        """The arguments of questions about a period."""
        return self.start, self.end, self.who
