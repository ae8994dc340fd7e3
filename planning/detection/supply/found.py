"""Findings written from one row a subject: ids, evidence in the order of its figures, and what is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from planning.detection.findings import EVIDENCE, FINDINGS, TOUCHES, Findings


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the evidence: the column that holds it, its unit, and the columns of its usual value and days."""

    name: str
    unit: str
    usual: str | None = None
    first: str | None = "since_date"
    last: str | None = "last_date"


def findings_of(
    kind: str,
    subject_type: str,
    subjects: pl.DataFrame,
    figures: Sequence[Figure],
    touches: pl.DataFrame,
    *,
    value_basis: str | None = None,
) -> Findings:
    """Findings of one kind.

    `subjects`: subject_id, since_date, last_date, strength, own_value where a basis is named, and a column a figure;
    `touches`: subject_id, document_type, document_id; rows of other subjects are left out.
    """
    if subjects.is_empty():
        return Findings.none()
    identified = subjects.with_columns(
        finding_id=pl.concat_str(pl.lit(f"{kind}|{subject_type}|"), "subject_id"),
        kind=pl.lit(kind),
        subject_type=pl.lit(subject_type),
        own_value=pl.col("own_value") if value_basis else pl.lit(None, dtype=pl.Float64),
        value_basis=pl.lit(value_basis, dtype=pl.String),
    ).sort("finding_id")
    evidence = [
        identified.select(
            "finding_id",
            sequence=pl.lit(place, dtype=pl.Int64),
            figure=pl.lit(figure.name),
            value=pl.col(figure.name).cast(pl.Float64),
            unit=pl.lit(figure.unit),
            usual_value=_column(figure.usual, pl.Float64()),
            first_date=_column(figure.first, pl.Date()),
            last_date=_column(figure.last, pl.Date()),
        ).filter(pl.col("value").is_not_null())
        for place, figure in enumerate(figures, start=1)
    ]
    touched = touches.join(identified.select("subject_id", "finding_id"), on="subject_id", how="inner")
    return Findings(
        _shaped(identified, FINDINGS).sort("finding_id"),
        _shaped(pl.concat(evidence), EVIDENCE).sort("finding_id", "sequence"),
        _shaped(touched, TOUCHES).unique().sort("finding_id", "document_type", "document_id"),
    )


def touched(frame: pl.DataFrame, subject: str, document_type: str, document: str) -> pl.DataFrame:
    """Rows of `touches` for findings_of: the documents of one type in a frame."""
    return frame.select(
        subject_id=pl.col(subject).cast(pl.String),
        document_type=pl.lit(document_type),
        document_id=pl.col(document).cast(pl.String),
    )


def _column(name: str | None, data_type: pl.DataType) -> pl.Expr:
    return pl.col(name).cast(data_type) if name else pl.lit(None, dtype=data_type)


def _shaped(frame: pl.DataFrame, schema: object) -> pl.DataFrame:
    assert isinstance(schema, dict)
    return frame.select(pl.col(name).cast(data_type) for name, data_type in schema.items())
