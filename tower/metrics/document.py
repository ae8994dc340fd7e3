"""docs/metrics.md, written from the definitions by `python -m tower.metrics.document`; a test keeps it fresh."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tower.metrics.catalogue import AREA_LABELS, AREAS, Catalogue, Metric
from tower.metrics.manifest import catalogue_from_manifest

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY / "docs" / "metrics.md"

_DIRECTIONS = {"up": "higher is better", "down": "lower is better", "none": "–"}
_OPENING = """\
# Metrics

Written by `python -m tower.metrics.document` from models_dbt/models/metrics; change it there.

A ratio at any grain is the sum of its numerators over the sum of its denominators; none is averaged. A row counts in
the period of the date under *by date*; a row without that date is not counted. *As of today* has no history. *Held*
comes from stock intervals and answers any day up to the as-of date. A metric whose sources lack what it needs is shown
as not connected, never as zero.
"""


def document(catalogue: Catalogue) -> str:
    """The whole page as Markdown."""
    parts = [_OPENING]
    for area in AREAS:
        metrics = [metric for metric in catalogue.metrics.values() if metric.area == area]
        if metrics:
            label, label_zh = AREA_LABELS[area]
            parts.append(f"## {label} · {label_zh}\n\n{_metric_table(catalogue, metrics)}")
    parts.append(f"## Groupings\n\n{_grouping_table(catalogue)}")
    parts.append(f"## Dimensions\n\n{_dimension_table(catalogue)}")
    return "\n".join(parts)


def _metric_table(catalogue: Catalogue, metrics: Iterable[Metric]) -> str:
    rows = [
        (
            f"`{metric.name}`",
            metric.label,
            metric.label_zh,
            metric.unit,
            _DIRECTIONS[metric.direction],
            metric.definition,
            metric.formula,
            _by_date(catalogue, metric),
            ", ".join(catalogue.grains(metric.name)) or "–",
            metric.standard or "–",
            _variants(catalogue, metric),
            ", ".join(f"`{name}`" for name in dict.fromkeys((*metric.requires, *metric.requires_complete))),
        )
        for metric in metrics
    ]
    titles = (
        *("metric", "label", "中文", "unit", "direction", "definition", "formula", "by date", "time grains"),
        *("standard", "variants", "needs"),
    )
    return _table(titles, rows)


def _by_date(catalogue: Catalogue, metric: Metric) -> str:
    bases: list[str] = []
    for leaf in catalogue.leaves(metric.name):
        model, measure = catalogue.measure_of(leaf)
        if measure.timing == "flow":
            dimension = model.dimension(measure.time_dimension)
            bases.append(dimension.label.lower() if dimension else "–")
        elif measure.timing != "calendar_days":
            bases.append("as of today" if measure.timing == "as_of" else "held")
    return " / ".join(dict.fromkeys(bases))


def _variants(catalogue: Catalogue, metric: Metric) -> str:
    if metric.variant_of is not None:
        return f"of `{metric.variant_of}`: {metric.variant}"
    others = catalogue.variants(metric.name)[1:]
    if not others:
        return "–"
    return f"default: {metric.variant}; " + ", ".join(f"`{other.name}`" for other in others)


def _grouping_table(catalogue: Catalogue) -> str:
    grouped: dict[tuple[str, ...], list[str]] = {}
    for metric in catalogue.metrics.values():
        names = tuple(dimension.name for dimension in catalogue.dimensions_of(metric.name))
        grouped.setdefault(names, []).append(metric.name)
    rows = [
        (", ".join(f"`{name}`" for name in metrics), ", ".join(f"`{name}`" for name in names))
        for names, metrics in grouped.items()
    ]
    return _table(("metrics", "can be grouped and filtered by (time grains apart)"), rows)


def _dimension_table(catalogue: Catalogue) -> str:
    rows = [
        (f"`{dimension.name}`", dimension.label, dimension.label_zh, dimension.description or "–")
        for dimension in sorted(catalogue.dimensions.values(), key=lambda dimension: dimension.name)
    ]
    return _table(("dimension", "label", "中文", "note"), rows)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def main(arguments: Sequence[str]) -> None:
    """Write the page from the semantic manifest named first, or from a fresh `dbt parse`."""
    if arguments:
        manifest = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    else:
        from tower.metrics.parse import parsed_manifest  # noqa: PLC0415

        manifest = parsed_manifest(REPOSITORY / "models_dbt")
    DOCUMENT.write_text(document(catalogue_from_manifest(manifest)), encoding="utf-8")
    sys.stderr.write(f"{DOCUMENT} written.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
