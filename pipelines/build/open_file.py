"""The first rows of a build: what it is, what it was loaded from, what its sources can answer."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.build.context import BuildContext, write_table
from pipelines.build.project import DbtProject
from pipelines.land.manifest import TOTALS_FILE
from pipelines.land.raw_views import create_raw_views
from pipelines.sources import ADAPTERS
from tower.builds import SCHEMA_VERSION
from tower.errors import SettingsError
from tower.settings import Settings

# Documents whose amounts may be in another currency, and the tables that state a unit of their own.
CURRENCY_COLUMN = "currency_code"
UNIT_COLUMN = "uom"
PRODUCT_NAME = "Control Tower"
TABLES_WITH_OWN_CURRENCY = frozenset({"sales_orders", "purchase_orders", "invoices", "payments"})


def open_build_file(context: BuildContext) -> None:
    """Create the work file with schemas, raw views and the `build` tables that models read; bind dbt to it."""
    context.work_file.parent.mkdir(parents=True, exist_ok=True)
    for leftover in context.work_file.parent.glob("*"):
        leftover.unlink()
    _decide_as_of(context)
    _decide_currency(context)
    settings = context.request.settings
    with context.connection() as connection:
        for schema in ("raw", "staging", "canonical", "engine", "core", "marts", "reference", "build"):
            connection.execute(f"create schema if not exists {schema}")
        tables = {adapter.raw_name: adapter.raw_tables() for adapter in ADAPTERS.values()}
        for raw_name, raw_tables in tables.items():
            loads = [load for load in context.loads if ADAPTERS[load[0].adapter].raw_name == raw_name]
            create_raw_views(connection, raw_name, raw_tables, loads)
        write_table(connection, "build.build_info", _build_info(context))
        write_table(connection, "build.load_tables", _load_tables(context))
        write_table(connection, "build.source_coverage", _source_coverage(context))
        write_table(connection, "build.source_totals", _source_totals(context))
    context.project = DbtProject(
        build_file=context.work_file,
        target_folder=context.home.temporary / "dbt",
        variables=_variables(context),
        threads=settings.threads,
        memory_limit=settings.memory_limit,
        temporary_folder=context.home.temporary / "spill",
    )


def _decide_as_of(context: BuildContext) -> None:
    """Asked for > stated in the settings > stated by the first source that knows > today."""
    settings = context.request.settings
    stated = [context.request.as_of, settings.as_of]
    for source, (_, folder) in zip(settings.sources, context.loads, strict=True):
        stated += [source.as_of, ADAPTERS[source.adapter].default_as_of(source, folder)]
    context.as_of = next((day for day in stated if day is not None), context.request.now.date())


def _decide_currency(context: BuildContext) -> None:
    """Stated in the settings > stated by the sources, which must not contradict each other."""
    settings = context.request.settings
    stated = {
        currency
        for source in settings.sources
        if (currency := ADAPTERS[source.adapter].company_currency(source)) is not None
    }
    if settings.company_currency is None and len(stated) > 1:
        raise SettingsError(
            f"The sources keep their books in different currencies ({', '.join(sorted(stated))}). "
            "Name the company's own with company_currency in tower.toml."
        )
    context.company_currency = settings.company_currency or next(iter(stated), "CNY")


def _build_info(context: BuildContext) -> pl.DataFrame:
    request = context.request
    return pl.DataFrame(
        {
            "build_id": [request.build_id],
            "as_of": [context.as_of],
            "built_at": [request.now.replace(tzinfo=None)],
            "schema_version": [SCHEMA_VERSION],
            "company_name": [_company_name(request.settings)],
            "company_currency": [context.company_currency],
            "sources": [", ".join(manifest.source for manifest, _ in context.loads)],
        }
    )


def _company_name(settings: Settings) -> str:
    """Stated in the settings > stated by the first source that says it > the product's own."""
    stated = (ADAPTERS[source.adapter].company_name(source) for source in settings.sources)
    return settings.company_name or next((name for name in stated if name is not None), PRODUCT_NAME)


def _load_tables(context: BuildContext) -> pl.DataFrame:
    schema = {
        "source": pl.String, "adapter": pl.String, "load_id": pl.String, "table_name": pl.String, "rows": pl.Int64,
        "source_rows": pl.Int64, "rejected_rows": pl.Int64, "checksum": pl.String, "loaded_at": pl.String,
        "files": pl.String, "notes": pl.String,
    }  # fmt: skip
    rows = [
        (
            manifest.source, manifest.adapter, manifest.load_id, table.name, table.rows, table.source_rows,
            table.rejected_rows, table.checksum, manifest.loaded_at,
            ", ".join(file.name for file in table.source_files),
            "; ".join([*table.notes, *(f"column {name} is not read" for name in table.ignored_columns)]),
        )
        for manifest, _ in context.loads
        for table in manifest.tables
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _source_totals(context: BuildContext) -> pl.DataFrame:
    """What the sources themselves add up, where they can be asked."""
    schema = {"source": pl.String, "measure": pl.String, "subject": pl.String, "value": pl.Float64}
    stated = [
        pl.read_parquet(folder / TOTALS_FILE).select(pl.lit(manifest.source).alias("source"), pl.all())
        for manifest, folder in context.loads
        if (folder / TOTALS_FILE).exists()
    ]
    return pl.concat([pl.DataFrame(schema=schema), *stated]).select(list(schema))


def _source_coverage(context: BuildContext) -> pl.DataFrame:
    schema = ("source", "adapter", "table_name", "column_name", "status", "note", "note_zh")
    rows: list[Sequence[str]] = []
    coverage = []
    for manifest, _ in context.loads:
        stated = ADAPTERS[manifest.adapter].coverage(manifest)
        coverage.append((manifest, stated))
        rows += [
            (manifest.source, manifest.adapter, item.table_name, item.column_name, item.status, item.note, item.note_zh)
            for item in stated
        ]
    context.coverage = coverage
    return pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")


def _variables(context: BuildContext) -> dict[str, object]:
    assert context.as_of is not None
    present = [
        (manifest.source, item) for manifest, stated in context.coverage for item in stated if item.status != "absent"
    ]
    return {
        "as_of": context.as_of.isoformat(),
        "adapters": sorted({ADAPTERS[manifest.adapter].raw_name for manifest, _ in context.loads}),
        "sources": [manifest.source for manifest, _ in context.loads],
        "owned_entities": {
            manifest.source: sorted({item.table_name for source, item in present if source == manifest.source})
            for manifest, _ in context.loads
        },
        "converts_currency": any(
            item.column_name == CURRENCY_COLUMN and item.table_name in TABLES_WITH_OWN_CURRENCY for _, item in present
        ),
        "converts_units": any(
            item.column_name == UNIT_COLUMN and item.table_name != "uom_conversions" for _, item in present
        ),
        "company_currency": context.company_currency,
    }
