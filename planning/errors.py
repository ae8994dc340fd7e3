"""What an engine refuses to compute. The callers, who know the person at the screen, translate it."""

from __future__ import annotations


class PlanningError(ValueError):
    """Input that an engine cannot compute with; the message names the value and what to do."""
