"""The command `tower`: the only place that knows what time it is."""

from __future__ import annotations

import sys

from pipelines.cli.main import app
from planning.errors import PlanningError
from tower.errors import TowerError


def main() -> None:
    """Entry point of the command. An error of ours is one clear message and exit code 1, never a traceback."""
    try:
        app()
    except (TowerError, PlanningError) as error:
        print(f"tower: {error}", file=sys.stderr)
        sys.exit(1)
