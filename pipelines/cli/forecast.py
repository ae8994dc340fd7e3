"""`tower forecast`: what the served build forecasts and how well, one item explained, or a plain file forecast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import polars as pl
import typer

from forecasting.company.settings import CompanyBucket, CompanySettings, Effort
from forecasting.errors import ForecastError
from pipelines.cli.output import Format, print_frame
from pipelines.forecast.plain import out_table, plain_forecast, read_frame, write_table
from tower.builds import Home, current_build, read_summary
from tower.demand_forecast.words import alarm_in_words, flags_in_words, made_in_words
from tower.errors import SettingsError
from tower.i18n import Numbers, Text
from tower.queries import demand_forecast, forecast_quality
from tower.queries.demand_forecast import Node
from tower.settings import load_settings
from tower.warehouse import Warehouse, open_warehouse

app = typer.Typer(invoke_without_command=True, help="The forecast: how good it is, an item explained, a file forecast.")

SHOWN = 10
Shown = Literal["accuracy", "biased", "alarms", "value_added"]
BuildOption = Annotated[str | None, typer.Option("--build", help="This build instead of the served one.")]
LanguageOption = Annotated[str, typer.Option(help="en or zh.")]


@app.callback()
def forecast(
    context: typer.Context,
    files: Annotated[
        Path | None, typer.Option("--files", help="Forecast this CSV, Parquet or Excel file: series, period, quantity.")
    ] = None,
    bucket: Annotated[str, typer.Option(help="With --files: what one period is, week or month.")] = "month",
    horizon: Annotated[
        int | None, typer.Option(help="With --files: periods ahead; else 26 weeks or 7 months.", min=1)
    ] = None,
    effort: Annotated[str, typer.Option(help="With --files: default, or full at twice the time.")] = "default",
    add_up: Annotated[
        bool, typer.Option("--add-up", help="With --files: add up rows of one period; a missing period means 0.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="With --files: write .csv, .parquet or .xlsx.")] = None,
    output: Annotated[Format, typer.Option("--format", help="table, json or csv.")] = Format.table,
    show: Annotated[str, typer.Option(help=f"With json or csv: {', '.join(get_args(Shown))}.")] = "accuracy",
    language: LanguageOption = "en",
    build_id: BuildOption = None,
) -> None:
    """Show how good the served build's forecast is and whose needs a person, or forecast a plain file."""
    if context.invoked_subcommand is not None:
        return
    if files is not None:
        _files(files, _company_settings(bucket, horizon, effort), add_up, out, output, _text(language))
        return
    if out is not None or add_up:
        raise SettingsError("--out and --add-up belong to --files: a build keeps its own forecast.")
    text = _text(language)
    tables = _tables(_warehouse(build_id), text)
    if output is not Format.table:
        if show not in tables:
            raise SettingsError(f"There is no table {show!r} to show. Use one of {', '.join(tables)}.")
        print_frame(tables[show], output)
        return
    for name, frame in tables.items():
        typer.echo(f"{'' if name == 'accuracy' else chr(10)}{text(f'forecast_command.{name}')}")
        if frame.is_empty():
            typer.echo(text("forecast_command.nothing"))
        elif name == "alarms":
            typer.echo("\n".join(f"  {row['said']}" for row in frame.head(SHOWN).iter_rows(named=True)))
        else:
            print_frame(frame.head(SHOWN) if name == "biased" else frame, output)


@app.command()
def explain(
    item: Annotated[str, typer.Argument(help="The item.")],
    at: Annotated[str | None, typer.Option("--at", help="One place of it.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="One channel of it.")] = None,
    language: LanguageOption = "en",
    build_id: BuildOption = None,
) -> None:
    """How the forecast of an item was made, series by series: the way, the weights, what to know, the periods."""
    text = _text(language)
    warehouse = _warehouse(build_id)
    numbers = Numbers(text.language, warehouse.company_currency)
    rows = demand_forecast.rows_of(warehouse, Node("item", item))
    if rows.is_empty():
        raise SettingsError(f"Nothing is forecast of the item {item!r}. `tower forecast` lists items by their bias.")
    asked = {"location_id": at, "channel": channel}
    chosen = rows.filter(*(pl.col(name) == value for name, value in asked.items() if value is not None))
    if chosen.is_empty():
        known = ", ".join(
            f"{place or '–'} {name or '–'}" for place, name in rows.select("location_id", "channel").rows()
        )
        raise SettingsError(f"The item {item} is not forecast there. It is forecast at: {known}.")
    for series in chosen.iter_rows(named=True):
        node = Node("series", item, series["location_id"], series["channel"])
        weights = list(demand_forecast.weights(warehouse, node).rows())
        channel_name = text.term("channel", series["channel"] or "–")
        classes = [
            text.term("demand_class", series["demand_class"] or "none"),
            text.term("life_cycle", series["life_cycle"]),
        ]
        name = text.pick(series["item_name"], series["item_name_zh"])
        typer.echo(f"{item} {name} · {series['location_id'] or '–'} · {channel_name} · {' · '.join(classes)}")
        lines = made_in_words(text, numbers, series, weights) + flags_in_words(text, series["flags"])
        typer.echo("\n".join(f"  - {line}" for line in lines))
        periods = demand_forecast.course(warehouse, node).filter(pl.col("is_forecast") == 1)
        shown = ("period", "forecast_quantity", "last_year_quantity", "p10", "p50", "p90")
        print_frame(periods.select(shown).with_columns(pl.col(pl.Float64).round(1)), Format.table)


def _tables(warehouse: Warehouse, text: Text) -> dict[str, pl.DataFrame]:
    numbers = Numbers(text.language, warehouse.company_currency)
    accuracy = forecast_quality.accuracy(warehouse).filter(pl.col("stage").is_in(forecast_quality.COMPARED))
    by_lag = (
        accuracy.with_columns(lag=pl.format("lag {}", "lag"))
        .pivot("lag", index=["level", "stage"], values="wape", sort_columns=True)
        .sort("level", "stage")
    )
    alarms = forecast_quality.alarms(warehouse)
    said = [
        f"{numbers.value(row['money'], 'money')}  {alarm_in_words(text, numbers, row)}"
        for row in alarms.rows(named=True)
    ]
    return {
        "accuracy": by_lag,
        "value_added": forecast_quality.value_added(warehouse).select(
            "level", "stage", "previous_stage", "wape", "bias", "value_added", "improved_share"
        ),
        "biased": forecast_quality.biased_items(warehouse).select(
            "item_id", "item_name", "bias_value", "bias", "wape", "naive_wape", "planner_wape", "next_quantity"
        ),
        "alarms": alarms.with_columns(said=pl.Series(said, dtype=pl.String)),
    }  # fmt: skip


def _files(file: Path, settings: CompanySettings, add_up: bool, out: Path | None, output: Format, text: Text) -> None:
    try:
        found = plain_forecast(read_frame(file), settings, adds_up=add_up)
        table = out_table(found)
        if out is None:
            print_frame(table, output)
        else:
            write_table(table, out)
    except ForecastError as error:
        raise SettingsError(str(error)) from error
    ways = found.series["route"].value_counts(sort=True, name="count").rows()
    said = text.listed(f"{text.term('forecast_way', way)} {count}" for way, count in ways)
    typer.echo(text("forecast_command.done", series=found.series.height, ways=said), err=True)
    if out is not None:
        typer.echo(text("forecast_command.written", rows=table.height, file=out), err=True)


def _company_settings(bucket: str, horizon: int | None, effort: str) -> CompanySettings:
    if bucket not in get_args(CompanyBucket):
        raise SettingsError(f"The bucket {bucket!r} is not known. Use {' or '.join(get_args(CompanyBucket))}.")
    if effort not in get_args(Effort):
        raise SettingsError(f"The effort {effort!r} is not known. Use {' or '.join(get_args(Effort))}.")
    return CompanySettings(bucket=cast(CompanyBucket, bucket), horizon=horizon, effort=cast(Effort, effort))


def _text(language: str) -> Text:
    if language not in ("en", "zh"):
        raise SettingsError(f"The language {language!r} is not known. Use en or zh.")
    return Text(cast(Literal["en", "zh"], language))


def _warehouse(build_id: str | None) -> Warehouse:
    home = load_settings().home
    summary = current_build(home) if build_id is None else read_summary(Home(home), build_id)
    return open_warehouse(summary.file)
