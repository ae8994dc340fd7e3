"""The metric catalogue: definitions, compiler, queries. The one place where a figure is defined and made."""

from tower.metrics.availability import availability
from tower.metrics.catalogue import GRAIN_LABELS, GRAINS, Catalogue, Dimension, Metric, SemanticModel
from tower.metrics.compiler import Compiled, compile_query
from tower.metrics.differences import Difference, Reading, explain_difference, is_explainable
from tower.metrics.documents import document_count, document_rows
from tower.metrics.filters import Filter, Period, parse_filter, parse_filters
from tower.metrics.manifest import catalogue_from_manifest
from tower.metrics.query import load_catalogue, query
from tower.metrics.rows import catalogue_from_rows, catalogue_rows

__all__ = [
    "GRAINS",
    "GRAIN_LABELS",
    "Catalogue",
    "Compiled",
    "Difference",
    "Dimension",
    "Filter",
    "Metric",
    "Period",
    "Reading",
    "SemanticModel",
    "availability",
    "catalogue_from_manifest",
    "catalogue_from_rows",
    "catalogue_rows",
    "compile_query",
    "document_count",
    "document_rows",
    "explain_difference",
    "is_explainable",
    "load_catalogue",
    "parse_filter",
    "parse_filters",
    "query",
]
