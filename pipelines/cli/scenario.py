"""`tower scenario`: what a change file would do to the plan, whether it fits, and which kinds of change there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from pipelines.cli.output import Format, print_frame
from planning.errors import PlanningError
from planning.scenarios.comparison import DIFFERENCES, compared, differences, months
from planning.scenarios.document import Scenario, read_scenario
from planning.scenarios.inputs import ScenarioInputs
from planning.scenarios.kinds import KINDS, kind_rows
from planning.scenarios.measures import HORIZON_DAYS
from planning.scenarios.outcome import Outcome, ScenarioBase
from tower.builds import Home, current_build, read_summary
from tower.errors import SettingsError
from tower.queries.planning_rows import read_rows
from tower.settings import load_settings
from tower.warehouse import open_warehouse

app = typer.Typer(
    no_args_is_help=True, help="What-if: run a change file over the plan, check it, list kinds of change."
)

MOST_SHOWN = 8
# What a line of a terminal has no room for; the files of --out hold it.
NOT_PRINTED = ("order_type", "order_type_after", "release_date", "release_date_after", "value", "value_after",
               "due_days", "is_new", "is_gone", "location_id")  # fmt: skip
TABLES = ("kpis", "months", *DIFFERENCES)

BuildOption = Annotated[str | None, typer.Option("--build", help="This build instead of the served one.")]
InputsOption = Annotated[
    Path | None, typer.Option("--inputs", help="Planning inputs kept by `tower scenario keep` instead of a build.")
]
LanguageOption = Annotated[str, typer.Option(help="en or zh.")]


@app.command()
def run(
    files: Annotated[list[Path], typer.Argument(help="Change files, each compared with the base.")],
    build_id: BuildOption = None,
    inputs: InputsOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write every table of the comparison as CSV here.")] = None,
    output: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.table,
    show: Annotated[str, typer.Option(help=f"With json or csv: one of {', '.join(TABLES)}.")] = "kpis",
    days: Annotated[int, typer.Option(help="How many days ahead money and hours are counted.")] = HORIZON_DAYS,
    language: LanguageOption = "en",
) -> None:
    """Plan the base and each scenario, and print the figures side by side with what changes in operation."""
    if show not in TABLES:
        raise SettingsError(f"There is no table {show!r} to show. Use one of {', '.join(TABLES)}.")
    scenarios = [_scenario(file) for file in files]
    base = ScenarioBase.of(_inputs(build_id, inputs).planned())
    outcomes = [base.run(one) for one in scenarios]
    tables = _tables(base.outcome, outcomes, days)
    if output is not Format.table:
        print_frame(tables[show], output)
    else:
        for one in scenarios:
            typer.echo(f"{one.name}{': ' + one.title if one.title else ''}")
            typer.echo("".join(f"  - {line}\n" for line in one.described(language)))
        print_frame(tables["kpis"], output)
        _details(tables)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            frame.write_csv(out / f"{name}.csv")
        typer.echo(f"{len(tables)} tables written to {out}.", err=output is not Format.table)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A change file.")],
    build_id: BuildOption = None,
    inputs: InputsOption = None,
    language: LanguageOption = "en",
) -> None:
    """Say everything that is wrong with a change file, or what it does in words."""
    scenario = _scenario(file)
    draft = ScenarioBase.of(_inputs(build_id, inputs).planned()).draft(scenario)
    typer.echo(f"{scenario.name} fits the plan of {draft.model.as_of}. Its {len(scenario.changes)} changes:")
    typer.echo("\n".join(f"  - {line}" for line in scenario.described(language)))


@app.command()
def kinds(output: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.table) -> None:
    """All kinds of change with their fields and an example of each."""
    if output is not Format.table:
        print_frame(pl.DataFrame(kind_rows()), output)
        return
    for row in kind_rows():
        typer.echo(f"{row['kind']}: {row['says']} · {row['says_zh']}\n    {row['fields']}\n    - {row['example']}")
    typer.echo(f"{len(KINDS)} kinds. Fields in brackets may be left out.")


@app.command()
def keep(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    build_id: BuildOption = None,
) -> None:
    """Keep the planning inputs of a build in one file, from which scenarios replay when the build is gone."""
    found = _inputs(build_id, None)
    file.parent.mkdir(parents=True, exist_ok=True)
    content = found.to_bytes()
    file.write_bytes(content)
    typer.echo(f"The planning inputs of {found.as_of} are kept in {file}: {len(content) / 1e6:.1f} MB.")


def _inputs(build_id: str | None, file: Path | None) -> ScenarioInputs:
    if file is not None:
        if build_id is not None:
            raise SettingsError("--inputs and --build exclude each other: a scenario has one base.")
        if not file.is_file():
            raise SettingsError(f"There is no file {file}. Write one with `tower scenario keep {file}`.")
        return ScenarioInputs.from_bytes(file.read_bytes())
    settings = load_settings()
    summary = current_build(settings.home) if build_id is None else read_summary(Home(settings.home), build_id)
    warehouse = open_warehouse(summary.file)
    return ScenarioInputs(read_rows(warehouse.frame, warehouse.as_of), warehouse.as_of, settings.planning.decided)


def _scenario(file: Path) -> Scenario:
    """A change file with those it is stacked on; `on` is a path beside the file that names it."""

    def below(name: str) -> str:
        found = file.parent / name
        if not found.is_file():
            raise KeyError(name)
        return _text(found)

    if not file.is_file():
        raise SettingsError(f"There is no change file {file}.")
    return read_scenario(_text(file), below, file.name)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PlanningError(f"{file} is no text in UTF-8. Save it as UTF-8.") from error


def _tables(base: Outcome, outcomes: list[Outcome], days: int) -> dict[str, pl.DataFrame]:
    return {
        "kpis": compared(base, outcomes, days),
        "months": months(base, outcomes, days),
        **{what: differences(base, outcomes, what) for what in DIFFERENCES},
    }


def _details(tables: dict[str, pl.DataFrame]) -> None:
    typer.echo("\nMoney by month:")
    print_frame(tables["months"], Format.table)
    for what in DIFFERENCES:
        frame = tables[what]
        typer.echo(f"\n{what.replace('_', ' ').capitalize()} that differ: {frame.height or 'none'}")
        if frame.height:
            print_frame(frame.group_by("scenario", "change", maintain_order=True).len("count"), Format.table)
            print_frame(_weightiest(frame).select(pl.exclude(NOT_PRINTED)), Format.table)


def _weightiest(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows whose money changes most, of each scenario."""
    weight = pl.lit(0.0)
    if "value_difference" in frame.columns:
        weight = pl.col("value_difference").abs()
    elif "late_value_after" in frame.columns:
        weight = (pl.col("late_value_after") - pl.col("late_value")).abs()
    ranked = frame.sort(weight, descending=True, maintain_order=True)
    return ranked.group_by("scenario", maintain_order=True).head(MOST_SHOWN)
