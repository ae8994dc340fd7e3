"""Which finding is the cause of which: symptoms of one cause become members of one alert.

A kind names the kinds that may be behind it (`AlertKind.caused_by`, never in a circle). Of two such findings the first
is the cause of the second where both are about the same subject, or where at least half of the documents of the second,
or of its late supplies, are the first one's or wait for it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from planning.detection.impact import Booleans, PlanGraph, incidence, reach
from planning.detection.kinds import KINDS

# So much of what a finding sits on must be another's before it counts as caused by it: the larger part.
LEAST_OVERLAP = 0.5
_LINES = ("order_late", "order_at_risk")
_PAIR = {"cause": pl.String, "finding_id": pl.String}
MEMBERS = {"finding_id": pl.String, "parent_id": pl.String, "alert_key": pl.String}


def parents(graph: PlanGraph, findings: pl.DataFrame, touches: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """The one likeliest cause of each finding that has one, order lines left out: finding_id, parent_id.

    Of several the one with the largest overlap, then the kind named first, then the strongest, then by id.
    """
    caused = findings.filter(~pl.col("kind").is_in(_LINES))
    overlaps = pl.concat([
        _by_subject(caused), _by_documents(caused, touches), _by_supplies(graph, caused, nodes),
    ])  # fmt: skip
    order = pl.DataFrame(
        [(kind.name, cause, place) for kind in KINDS.values() for place, cause in enumerate(kind.caused_by)],
        schema={"kind": pl.String, "cause_kind": pl.String, "place": pl.Int64},
        orient="row",
    )
    never = pl.DataFrame(
        [(kind.name, basis) for kind in KINDS.values() for basis in kind.never_explains],
        schema={"cause_kind": pl.String, "value_basis": pl.String},
        orient="row",
    )
    about = findings.select("finding_id", "kind", "strength", "value_basis")
    return (
        overlaps.filter((pl.col("overlap") >= LEAST_OVERLAP) & (pl.col("cause") != pl.col("finding_id")))
        .group_by("cause", "finding_id")
        .agg(pl.col("overlap").max())
        .join(about.select("finding_id", "kind", "value_basis"), on="finding_id")
        .join(about.drop("value_basis").rename({"finding_id": "cause", "kind": "cause_kind"}), on="cause")
        .join(order, on=["kind", "cause_kind"])
        .join(never, on=["cause_kind", "value_basis"], how="anti")
        .sort(
            "finding_id",
            "overlap",
            "place",
            "strength",
            "cause",
            descending=[False, True, False, True, False],
            nulls_last=True,
        )
        .unique("finding_id", keep="first", maintain_order=True)
        .select("finding_id", pl.col("cause").alias("parent_id"))
    )


def members(findings: pl.DataFrame, parent: pl.DataFrame) -> pl.DataFrame:
    """Every finding with its parent (null: none) and the alert that it belongs to: the id of the last cause behind."""
    found = findings.select("finding_id").join(parent, on="finding_id", how="left").sort("finding_id")
    root = found.select("finding_id", pl.coalesce("parent_id", "finding_id").alias("alert_key"))
    up = root.rename({"finding_id": "alert_key", "alert_key": "next"})
    # Causes never run in a circle, so that each step of the loop halves what is left of the longest chain.
    while True:
        further = root.join(up, on="alert_key", how="left").select("finding_id", pl.col("next").alias("alert_key"))
        if further.equals(root):
            break
        root, up = further, further.rename({"finding_id": "alert_key", "alert_key": "next"})
    return found.join(root, on="finding_id").select(*MEMBERS).sort("finding_id")


def _by_subject(findings: pl.DataFrame) -> pl.DataFrame:
    about = findings.select("finding_id", "subject_type", "subject_id")
    both = about.join(about.rename({"finding_id": "cause"}), on=["subject_type", "subject_id"])
    return both.select(*_PAIR, pl.lit(1.0).alias("overlap"))


def _by_documents(findings: pl.DataFrame, touches: pl.DataFrame) -> pl.DataFrame:
    own = touches.join(findings.select("finding_id"), on="finding_id", how="semi")
    both = own.join(own.rename({"finding_id": "cause"}), on=["document_type", "document_id"])
    count = own.group_by("finding_id").agg(pl.len().alias("documents"))
    shared = both.group_by(*_PAIR).agg(pl.len().alias("shared")).join(count, on="finding_id")
    return shared.select(*_PAIR, (pl.col("shared") / pl.col("documents")).alias("overlap"))


def _by_supplies(graph: PlanGraph, findings: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """By the late supplies of a finding: those late by themselves where it has any, else those that pass it on."""
    names = findings["finding_id"].to_list()
    is_late = np.zeros(graph.size, np.bool_)
    is_late[graph.source[graph.late]] = True
    own = incidence(graph, nodes, "finding_id", names)
    reached = reach(graph, own & is_late[:, None], graph.late)
    late = own & is_late[:, None]
    rooted = late & graph.is_root[:, None]
    has_root = np.asarray(rooted.any(axis=0), np.bool_)
    sits: Booleans = np.where(has_root, rooted, late)
    rows = sits.any(axis=1)
    weights = sits[rows].astype(np.float64)
    shared = reached[rows].astype(np.float64).T @ weights
    overlap = shared / np.maximum(weights.sum(axis=0), 1.0)[None, :]
    cause, finding = np.nonzero(shared > 0)
    series = pl.Series(names, dtype=pl.String)
    return pl.DataFrame(
        {"cause": series.gather(cause), "finding_id": series.gather(finding), "overlap": overlap[cause, finding]},
        schema={**_PAIR, "overlap": pl.Float64},
    )
