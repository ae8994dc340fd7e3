"""The commands of `tower`. Each is a few lines: read the settings, call one function, print."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import polars as pl
import typer
from pydantic import SecretStr

from pipelines.cli.demo import IncidentsOption, ScaleOption, SeedOption, StartOption, TruthOption, demo_source
from pipelines.cli.digest import digest
from pipelines.cli.forecast import app as forecast_app
from pipelines.cli.output import Format, ProgressLine, print_frame
from pipelines.cli.plan import app as plan_app
from pipelines.cli.scenario import app as scenario_app
from pipelines.cli.serve import is_build_wanted, serve
from pipelines.cli.store import app as store_app
from pipelines.cli.users import app as users_app
from pipelines.template import write_template
from tower.builds import BuildSummary, Home, current_build, current_build_id, list_builds, read_summary
from tower.errors import BuildError, SettingsError
from tower.metrics import availability, load_catalogue, parse_filter, query
from tower.settings import AdapterName, Settings, SourceSettings, load_settings
from tower.warehouse import Warehouse, open_warehouse

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Control Tower: build the warehouse from your sources, ask it, serve the app.",
)
app.command()(digest)
app.add_typer(forecast_app, name="forecast")
app.add_typer(plan_app, name="plan")
app.add_typer(scenario_app, name="scenario")
app.add_typer(store_app, name="store")
app.add_typer(users_app, name="users")

SourceOption = Annotated[
    str | None, typer.Option("--source", help="Build this kind of source alone: demo, files, adventureworks or odoo.")
]
PathOption = Annotated[
    Path | None, typer.Option("--path", help="Folder of the source named by --source; demo has none.")
]
UrlOption = Annotated[
    str | None, typer.Option("--url", help="Database of --source odoo: postgresql://user@host/database.")
]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="The day the build speaks of, YYYY-MM-DD.")]
FormatOption = Annotated[Format, typer.Option("--format", help="table for people, json or csv for programs.")]
BuildOption = Annotated[str | None, typer.Option("--build", help="Ask this build instead of the served one.")]


@app.command()
def up(
    source: SourceOption = None,
    path: PathOption = None,
    url: UrlOption = None,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    scale: ScaleOption = None,
    start: StartOption = None,
    incidents: IncidentsOption = None,
    port: Annotated[int | None, typer.Option(help="Port of the app on this machine.")] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build even if a build of these sources is there.")
    ] = False,
) -> None:
    """Build what is missing, then serve the app."""
    demo = {"seed": seed, "scale": scale, "start": _day(start, "--start"), "incidents": incidents}
    settings = _settings(source, path, url, demo, port=port)
    if rebuild or as_of is not None or is_build_wanted(settings):
        _build(settings, as_of)
    serve(settings)


@app.command()
def build(
    source: SourceOption = None,
    path: PathOption = None,
    url: UrlOption = None,
    as_of: AsOfOption = None,
    seed: SeedOption = None,
    scale: ScaleOption = None,
    start: StartOption = None,
    incidents: IncidentsOption = None,
    truth: TruthOption = None,
) -> None:
    """Load the sources, run all models and tests, and publish the build if it passes its gate."""
    demo = {"seed": seed, "scale": scale, "start": _day(start, "--start"), "incidents": incidents, "truth": truth}
    _build(_settings(source, path, url, demo), as_of)


@app.command()
def status(output: FormatOption = Format.table) -> None:
    """What is served now, from which loads, and whether its tests and reconciliation hold."""
    settings = load_settings()
    served = current_build(settings.home)
    warehouse = open_warehouse(served.file)
    print_frame(
        warehouse.frame(
            """
            select
                info.build_id, cast(info.as_of as varchar) as as_of, info.built_at, info.sources,
                (select sum(rows) from build.load_tables) as rows,
                (select count(*) from build.rejected_rows) as rejected_rows,
                (select count(*) from build.test_results where status = 'pass') as tests_passed,
                (select count(*) from build.test_results where status <> 'pass') as tests_not_passed
            from build.build_info as info
            """
        ),
        output,
    )


@app.command()
def builds(output: FormatOption = Format.table) -> None:
    """All builds that are kept, newest first."""
    settings = load_settings()
    served = current_build_id(settings.home)
    rows = [_build_row(summary, served) for summary in reversed(list_builds(settings.home))]
    if not rows:
        current_build(settings.home)
    print_frame(pl.DataFrame(rows), output)


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help='One query, e.g. "select * from core.dim_items limit 5".')],
    output: FormatOption = Format.table,
    build_id: BuildOption = None,
) -> None:
    """Ask the served build, read-only."""
    print_frame(_warehouse(build_id).frame(statement), output)


@app.command()
def metric(
    names: Annotated[str, typer.Argument(help="One or more metrics, separated by commas, or `list`.")],
    by: Annotated[str, typer.Option(help="Dimensions and time grains, separated by commas: month,item_category.")] = "",
    where: Annotated[
        list[str] | None, typer.Option(help="A filter such as 'item_category = Bikes'; may be repeated.")
    ] = None,
    output: FormatOption = Format.table,
    build_id: BuildOption = None,
) -> None:
    """The value of metrics at any grain they can answer, as every screen shows it."""
    warehouse = _warehouse(build_id)
    catalogue = load_catalogue(warehouse)
    if names == "list":
        rows = [{"metric": item.name, "label": item.label, "unit": item.unit} for item in catalogue.metrics.values()]
        print_frame(pl.DataFrame(rows), output)
        return
    asked = _words(names)
    frame = query(
        warehouse,
        catalogue,
        asked,
        by=_words(by),
        where=[parse_filter(text) for text in where or ()],
        as_of=warehouse.as_of,
    )
    print_frame(frame, output)
    missing = availability(catalogue, warehouse.frame("select * from build.source_coverage"))
    for name in asked:
        if missing[name]:
            typer.echo(f"{name} is not connected: no source of this build fills {', '.join(missing[name])}.", err=True)


@app.command()
def rejects(
    table: Annotated[str | None, typer.Option(help="Only rows of this source table.")] = None,
    output: FormatOption = Format.table,
    build_id: BuildOption = None,
) -> None:
    """The rows that were refused, whole, with the rule they broke and what to do."""
    found = _warehouse(build_id).frame(
        """
        select
            rejected.source, rejected.table_name, rejected.row_number, rejected.record_key, rejected.rule,
            rejected.column_name, rejected.value,
            replace(replace(replace(rules.sentence_en, '{column}', coalesce(rejected.column_name, '')),
                '{value}', coalesce(rejected.value, '')), '{table}', rejected.table_name) as what_to_do,
            rejected.raw_row
        from build.rejected_rows as rejected
        left join reference.reject_rules as rules on rules.rule = rejected.rule
        where rejected.table_name = coalesce($table, rejected.table_name)
        order by rejected.source, rejected.table_name, rejected.row_number
        """,
        {"table": table},
    )
    if output is Format.table:
        # A whole row does not fit a line: the other formats carry it.
        print_frame(found.select("source", "table_name", "row_number", "record_key", "rule", "what_to_do"), output)
        typer.echo(f"{found.height} rows refused. --format json or csv shows each of them whole.")
    else:
        print_frame(found, output)


@app.command()
def template(folder: Annotated[Path, typer.Argument(help="Folder to write into; it is created.")]) -> None:
    """Write every canonical table as an empty CSV, with a README of its columns."""
    written = write_template(folder)
    typer.echo(
        f"{written} tables written to {folder}. Fill what you have, then: tower build --source files --path {folder}"
    )


def _settings(
    source: str | None, path: Path | None, url: str | None, demo: Mapping[str, Any], **overrides: Any
) -> Settings:
    if source is not None and source not in get_args(AdapterName):
        raise SettingsError(f"The source {source!r} is not known. Use {' or '.join(get_args(AdapterName))}.")
    if source == "demo":
        if path is not None or url is not None:
            raise SettingsError("The demo company is simulated: --source demo takes no --path and no --url.")
        overrides["sources"] = (demo_source(source, demo),)
        return load_settings(**overrides)
    if url is not None and source != "odoo":
        raise SettingsError("--url names the database of --source odoo: --source odoo --url postgresql://….")
    given = [f"--{option}" for option, value in demo.items() if value is not None]
    if given:
        raise SettingsError(f"{' and '.join(given)} belong to the demo company: --source demo {given[0]} ….")
    if source == "odoo":
        if path is not None:
            raise SettingsError("Odoo is read from its database: --source odoo takes --url and no --path.")
        # Without --url the address is TOWER_ODOO_URL.
        overrides["sources"] = (SourceSettings(name="odoo", adapter="odoo", url=SecretStr(url) if url else None),)
        return load_settings(**overrides)
    if (source is None) != (path is None):
        raise SettingsError("--source and --path belong together: --source files --path <folder>.")
    if source is not None and path is not None:
        overrides["sources"] = (SourceSettings(name=source, adapter=source, path=path),)  # type: ignore[arg-type]
    return load_settings(**overrides)


def _build(settings: Settings, as_of: str | None) -> BuildSummary:
    # Imported here: dbt takes two seconds to load, and no other command needs it.
    from pipelines.build.context import Request  # noqa: PLC0415
    from pipelines.build.run import run_build  # noqa: PLC0415

    now = datetime.now(UTC)
    build_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    progress = ProgressLine()
    try:
        summary = run_build(Request(settings, now, build_id, _day(as_of, "--as-of")), progress)
    finally:
        progress.finish()
    if summary.status == "refused":
        listed = "\n".join(f"  - {problem}" for problem in summary.problems)
        raise BuildError(
            f"The build {build_id} did not pass its gate and is not served:\n{listed}\n"
            f"Look at it with `tower sql --build {build_id} "
            "\"select * from build.test_results where status <> 'pass'\"`."
        )
    typer.echo(
        f"Build {build_id} is served: as of {summary.as_of}, {summary.bytes / 1e6:,.1f} MB, {summary.seconds:.0f} s."
    )
    return summary


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"{option} {text!r} is not a date. Write it as YYYY-MM-DD.") from error


def _warehouse(build_id: str | None) -> Warehouse:
    home = load_settings().home
    summary = current_build(home) if build_id is None else read_summary(Home(home), build_id)
    return open_warehouse(summary.file)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _build_row(summary: BuildSummary, served: str | None) -> dict[str, object]:
    return {
        "build_id": summary.build_id,
        "status": "served" if summary.build_id == served else summary.status,
        "as_of": summary.as_of,
        "built_at": summary.built_at.strftime("%Y-%m-%d %H:%M:%S"),
        "seconds": summary.seconds,
        "megabytes": round(summary.bytes / 1e6, 1),
        "sources": ", ".join(str(source["name"]) for source in summary.sources),
        "problems": len(summary.problems),
    }
