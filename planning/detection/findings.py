"""What every detector hands over: findings, the figures that show them, and the documents they touch.

A detector is a pure function `(DetectionRows, as_of) -> Findings`. It says what is wrong and since when; whom it hits,
what it costs and which finding is the cause of which is worked out for all of them alike by the steps behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

# One row a finding. `finding_id` is `kind|subject_type|subject_id`: the same trouble has the same id in every build.
FINDINGS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "finding_id": pl.String,
    "kind": pl.String,  # a name of planning.detection.kinds
    "subject_type": pl.String,  # item, item_location, supplier, lane, work_centre, customer, campaign, family, document
    "subject_id": pl.String,
    "since_date": pl.Date,  # the first day on which the figures show it, not the day on which it was noticed
    "strength": pl.Float64,  # how far outside the usual, in robust standard deviations or times the allowed
    "own_value": pl.Float64,  # money that the detector itself measured, company currency; null where orders tell it
    "value_basis": pl.String,  # overdue, extra_cost, excess_stock, lost_stock, lost_hours, lost_sales, budget; or null
}

# The figures of a finding, in the order in which they are read.
EVIDENCE: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "finding_id": pl.String,
    "sequence": pl.Int64,
    "figure": pl.String,  # text key `alert.figure.<figure>`
    "value": pl.Float64,
    "unit": pl.String,  # days, pieces, rate, money, hours, count
    "usual_value": pl.Float64,  # what it is compared with; null where there is nothing to compare
    "first_date": pl.Date,
    "last_date": pl.Date,
}

# The documents and places that the trouble sits on, before any pegging: what it hits is walked from here.
TOUCHES: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "finding_id": pl.String,
    # purchase_order_line, production_order, transfer_order_line, sales_order_line, delivery, invoice, service_case,
    # item_location (`item@location`), work_centre, customer
    "document_type": pl.String,
    "document_id": pl.String,
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What one detector, or all of them together, found. Frames with the columns above, sorted by finding_id."""

    findings: pl.DataFrame
    evidence: pl.DataFrame
    touches: pl.DataFrame

    @classmethod
    def none(cls) -> Findings:
        """Nothing found."""
        return cls(pl.DataFrame(schema=FINDINGS), pl.DataFrame(schema=EVIDENCE), pl.DataFrame(schema=TOUCHES))

    @classmethod
    def together(cls, several: list[Findings]) -> Findings:
        """The findings of several detectors as one."""
        if not several:
            return cls.none()
        return cls(
            pl.concat([one.findings for one in several]).sort("finding_id"),
            pl.concat([one.evidence for one in several]).sort("finding_id", "sequence"),
            pl.concat([one.touches for one in several]).unique().sort("finding_id", "document_type", "document_id"),
        )


@dataclass(frozen=True, slots=True)
class DetectionRows:
    """The rows that detectors read, by name. What each holds stands beside the query that reads it."""

    frames: Mapping[str, pl.DataFrame]

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.frames[name]
