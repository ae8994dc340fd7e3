"""Options of `tower build` and `tower up` for the demo company, and the source that they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, get_args

import typer

from tower.errors import SettingsError
from tower.settings import DemoScale, SourceSettings

SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Demo company: which one; the same seed, the same rows.")
]
ScaleOption = Annotated[
    str | None, typer.Option("--scale", help=f"Demo company: how large, {', '.join(get_args(DemoScale))}.")
]
StartOption = Annotated[
    str | None,
    typer.Option("--start", help="Demo company: first day, YYYY-MM-DD; three years before the as-of day unless named."),
]
IncidentsOption = Annotated[
    str | None,
    typer.Option("--incidents", help="Demo company: planted, none, or kinds of incidents separated by commas."),
]
TruthOption = Annotated[
    str | None,
    typer.Option(
        "--truth",
        help="Demo company: traced; or paired: the last 120 days are lived again without each incident.",
    ),
]


def demo_source(name: str, asked: Mapping[str, Any]) -> SourceSettings:
    """The demo company of these options; what is None keeps its default. Raises SettingsError for a wrong value."""
    given = {option: value for option, value in asked.items() if value is not None}
    if given.get("scale") not in {None, *get_args(DemoScale)}:
        raise SettingsError(f"The scale {given['scale']!r} is not known. Use {' or '.join(get_args(DemoScale))}.")
    try:
        return SourceSettings(name=name, adapter="demo", **given)
    except ValueError as error:
        option, message = _first_problem(error)
        raise SettingsError(f"--{option} cannot be {given.get(option)!r}: {message}.") from error


def _first_problem(error: Any) -> tuple[str, str]:
    problem = error.errors()[0]
    return ".".join(str(part) for part in problem["loc"]), problem["msg"]
