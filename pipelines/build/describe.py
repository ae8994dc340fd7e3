"""What a build says of itself after its models ran: rejected rows, tests, lineage, scopes, metric definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from dbt.contracts.graph.manifest import Manifest

from pipelines.build.context import BuildContext, write_table
from pipelines.land.manifest import REJECTED_FILE
from pipelines.sources import ADAPTERS
from tower.metrics import catalogue_from_manifest, catalogue_rows


def write_rejected_rows(context: BuildContext) -> None:
    """Gather the rows refused at landing and by the canonical layer, whole, in `build.rejected_rows`."""
    with context.connection() as connection:
        connection.execute(
            """
            create or replace table build.rejected_rows (
                source varchar, table_name varchar, row_number bigint, record_key varchar, rule varchar,
                column_name varchar, value varchar, raw_row varchar, stage varchar
            )
            """
        )
        for manifest, folder in context.loads:
            file = folder / REJECTED_FILE
            if file.exists():
                connection.execute(
                    """
                    insert into build.rejected_rows
                    select ?, source_table, row_number, null, rule, column_name, value, raw_row, 'landing'
                    from read_parquet(?)
                    """,
                    [manifest.source, str(file)],
                )
        raw_names = {manifest.source: ADAPTERS[manifest.adapter].raw_name for manifest, _ in context.loads}
        refused = connection.execute(
            "select distinct _source, _source_table from canonical.rejected_rows_canonical"
        ).fetchall()
        for source, source_table in refused:
            connection.execute(
                f"""
                insert into build.rejected_rows
                select
                    refused._source, refused.table_name, refused._row_number, refused.record_key, refused.rule,
                    refused.column_name, regexp_replace(refused.value, '^(-?[0-9]+)[.]0+$', '\\1'),
                    cast(json_merge_patch(to_json(raw_rows), '{{"_source": null, "_row_number": null}}') as varchar),
                    'canonical'
                from canonical.rejected_rows_canonical as refused
                left join raw."{raw_names[source]}__{source_table}" as raw_rows
                    on raw_rows._row_number = refused._row_number and raw_rows._source = refused._source
                where refused._source = ? and refused._source_table = ?
                """,
                [source, source_table],
            )
        # How many there are may be known to readers who may not see the rows.
        connection.execute(
            """
            create or replace table build.rejected_counts as
            select source, table_name, count(*) as rejected_rows
            from build.rejected_rows
            group by source, table_name
            order by source, table_name
            """
        )


def write_test_results(context: BuildContext) -> None:
    """One row per dbt test in `build.test_results`; of those that found rows the query, in `build.test_queries`."""
    schema = {
        "test": pl.String, "model": pl.String, "layer": pl.String, "kind": pl.String, "column_name": pl.String,
        "severity": pl.String, "status": pl.String, "failures": pl.Int64, "message": pl.String,
    }  # fmt: skip
    nodes = context.dbt.manifest.nodes
    rows = []
    queries = []
    for result in context.test_results:
        node: Any = nodes[result.unique_id]
        # A test written as a query is attached to no model: it belongs to the first one that it reads.
        attached = getattr(node, "attached_node", None) or next(iter(node.depends_on.nodes), "")
        model: Any = nodes.get(attached)
        metadata = getattr(node, "test_metadata", None)
        rows.append(
            (
                node.name,
                model.name if model else "",
                model.schema if model else "",
                metadata.name if metadata else "assertion",
                getattr(node, "column_name", None) or "",
                str(node.config.severity).lower(),
                result.status,
                result.failures,
                result.message,
            )
        )
        if result.status != "pass" and getattr(node, "compiled_code", None):
            queries.append((node.name, node.compiled_code))
    found = pl.DataFrame(queries, schema={"test": pl.String, "query": pl.String}, orient="row")
    with context.connection() as connection:
        write_table(connection, "build.test_results", pl.DataFrame(rows, schema=schema, orient="row"))
        write_table(connection, "build.test_queries", found)


def write_definitions(context: BuildContext) -> None:
    """Metric definitions, lineage and row scopes, so that a build can be read without the project that made it."""
    manifest = context.dbt.manifest
    catalogue = catalogue_from_manifest(context.dbt.semantic_manifest())
    scopes = pl.DataFrame(
        list(_scopes(manifest)),
        schema=dict.fromkeys(("schema_name", "table_name", "axis", "column_name"), pl.String),
        orient="row",
    )
    lineage = pl.DataFrame(
        list(_lineage(manifest)),
        schema=dict.fromkeys(("model", "layer", "depends_on", "depends_on_layer"), pl.String),
        orient="row",
    )
    with context.connection() as connection:
        write_table(connection, "build.metric_catalogue", catalogue_rows(catalogue))
        write_table(connection, "build.table_scopes", scopes)
        write_table(connection, "build.model_lineage", lineage)


def _scopes(manifest: Manifest) -> Iterator[tuple[str, str, str, str]]:
    nodes: dict[str, Any] = dict(manifest.nodes)
    for node in nodes.values():
        declared = node.config.meta.get("scope") if node.resource_type == "model" else None
        if declared == "none":
            yield node.schema, node.name, "none", ""
        elif isinstance(declared, dict):
            for axis, column in declared.items():
                yield node.schema, node.name, axis, column


def _lineage(manifest: Manifest) -> Iterator[tuple[str, str, str, str]]:
    nodes: dict[str, Any] = dict(manifest.nodes)
    everything: dict[str, Any] = {**nodes, **manifest.sources}
    for node in nodes.values():
        if node.resource_type != "model":
            continue
        for parent in node.depends_on.nodes:
            if parent in everything:
                yield node.name, node.schema, everything[parent].name, everything[parent].schema
    # What an engine wrote is a source for dbt; its own `depends_on` keeps the line unbroken.
    by_name = {node.name: node for node in nodes.values() if node.resource_type == "model"}
    for source in manifest.sources.values():
        for parent in source.meta.get("depends_on", ()):
            yield source.name, source.schema, parent, by_name[parent].schema
