"""`tower plan`: plan again, explain a planned order, take it away as a workbook, promise an inquiry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, get_args

import polars as pl
import typer

from pipelines.cli.output import Format, ProgressLine, print_frame
from pipelines.plan.instance_folder import write_instance
from pipelines.plan.run import planned_build
from planning import accelerator
from planning.instances import InstanceNames
from planning.model.calendars import working_calendars
from planning.model.inputs import planning_model
from planning.tables.all_tables import plan_tables
from planning.tables.promise import Promising
from planning.tables.summary import late_lines, plan_summary
from tower.builds import Home, current_build, read_summary
from tower.errors import SettingsError
from tower.planned_order.figures import order_figures
from tower.planned_order.promise_words import promise_in_words
from tower.planned_order.words import Language, explained
from tower.planned_order.workbook import order_workbook
from tower.queries.planning_rows import read_frame, read_rows
from tower.queries.planning_sql import QUERIES
from tower.settings import load_settings
from tower.warehouse import Warehouse, open_warehouse

app = typer.Typer(invoke_without_command=True, help="The plan: make it again, explain an order, take it away.")

BuildOption = Annotated[str | None, typer.Option("--build", help="This build instead of the served one.")]
OrderArgument = Annotated[str, typer.Argument(help="Number of a planned order, e.g. P-R500-P1-260706.")]


@app.callback()
def plan(
    context: typer.Context,
    files: Annotated[
        Path | None, typer.Option("--files", help="Plan the canonical files of this folder alone.")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="With --files: the first day of the plan.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write every table of the plan as CSV here.")] = None,
    output: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.table,
    build_id: BuildOption = None,
) -> None:
    """Plan the served build again, or a folder of files, and show what to do and what is late."""
    settings = load_settings()
    accelerator.use(settings.accelerator, settings.home / "compiled")
    if context.invoked_subcommand is not None:
        return
    if as_of is not None and files is None:
        raise SettingsError("--as-of belongs to --files: a build has its own day.")
    if files is not None:
        tables, day = _files(files, _day(as_of))
    else:
        warehouse = _warehouse(build_id)
        found = planned_build(warehouse.frame, warehouse.as_of, load_settings().planning.decided)
        tables, day = plan_tables(found), warehouse.as_of
    print_frame(plan_summary(tables, day), output)
    if output is Format.table:
        _details(tables)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            frame.write_csv(out / f"{name}.csv")
        typer.echo(f"{len(tables)} tables written to {out}.", err=output is not Format.table)


@app.command()
def explain(
    order: OrderArgument,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    build_id: BuildOption = None,
) -> None:
    """The arithmetic of a planned order in words: gross, net, lot, dates, and whom it serves."""
    _known(language)
    typer.echo(explained(order_figures(_warehouse(build_id), order), language))  # type: ignore[arg-type]


@app.command()
def export(
    order: OrderArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="The workbook; the order's number .xlsx unless named.")
    ] = None,
    build_id: BuildOption = None,
) -> None:
    """A planned order as an Excel workbook that computes net, lot and dates with live formulas."""
    warehouse = _warehouse(build_id)
    figures = order_figures(warehouse, order)
    calendars = working_calendars(read_frame(warehouse.frame, QUERIES["calendars"], warehouse.as_of), warehouse.as_of)
    # An item's number may hold what no file name can.
    file = out or Path("".join("_" if sign in '/\\:*?"<>|' else sign for sign in order) + ".xlsx")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(order_workbook(figures, calendars))
    typer.echo(f"{order} is written to {file}.")


@app.command(name="export-instance")
def export_instance(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    build_id: BuildOption = None,
) -> None:
    """The whole planning problem as open CSV tables with its plan beside it, for another planner to solve."""
    warehouse = _warehouse(build_id)
    found = planned_build(warehouse.frame, warehouse.as_of, load_settings().planning.decided)
    names = InstanceNames.of(found.model)
    count = write_instance(folder, found.model.problem, found.plan, names)
    typer.echo(f"{count} tables and a README are written to {folder}.")


@app.command(name="promise")
def promise_inquiry(
    item: Annotated[str, typer.Argument(help="The item that is asked for.")],
    quantity: Annotated[float, typer.Argument(help="How much of it, in its base unit.")],
    by: Annotated[str | None, typer.Option("--by", help="The day it is wanted; else the day of the build.")] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="The place it is to come from; where most of its demand is unless named.")
    ] = None,
    customer: Annotated[str | None, typer.Option("--customer", help="Who asks.")] = None,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    build_id: BuildOption = None,
) -> None:
    """When an inquiry can be met with what no order has been promised, in which parts, and what limits it."""
    _known(language)
    warehouse = _warehouse(build_id)
    rows, settings = read_rows(warehouse.frame, warehouse.as_of), load_settings().planning.decided
    model = planning_model(rows, warehouse.as_of, settings)
    found = Promising.of(model).answer(item, quantity, _day(by, "--by"), at, customer)
    typer.echo(promise_in_words(found, language))  # type: ignore[arg-type]


def _known(language: str) -> None:
    if language not in get_args(Language):
        raise SettingsError(f"The language {language!r} is not known. Use {' or '.join(get_args(Language))}.")


def _files(folder: Path, as_of: date | None) -> tuple[Mapping[str, pl.DataFrame], date]:
    # Imported here: dbt takes two seconds to load, and the other commands do not need it.
    from pipelines.plan.files import planned_files  # noqa: PLC0415

    progress = ProgressLine()
    try:
        result = planned_files(folder, load_settings(), datetime.now(UTC), as_of, progress)
    finally:
        progress.finish()
    return plan_tables(result), result.model.as_of


def _details(tables: Mapping[str, pl.DataFrame]) -> None:
    late = late_lines(tables)
    if late.height:
        typer.echo("\nLate sales order lines that weigh most, and what limits them:")
        print_frame(late, Format.table)
    findings = tables["plan_findings"].group_by("kind").len("count").sort("kind")
    if findings.height:
        typer.echo("\nFindings in the data (core.fct_plan_findings names each):")
        print_frame(findings, Format.table)


def _day(text: str | None, option: str = "--as-of") -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"{option} {text!r} is not a date. Write it as YYYY-MM-DD.") from error


def _warehouse(build_id: str | None) -> Warehouse:
    home = load_settings().home
    summary = current_build(home) if build_id is None else read_summary(Home(home), build_id)
    return open_warehouse(summary.file)
