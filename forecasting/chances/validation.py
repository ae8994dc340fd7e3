"""Rivals and models judged on later looks, with the shuffled target beside them, and the one to use.

For every cutoff the table is put back to that day, all learn from it, and all are judged by later looks whose decision
is known by now. `lift` and `worth` say what a list of the most likely tenth is good for.

Sources: Brier 1950; Hanley and McNeil 1982 (AUC); Naeini, Cooper and Hauskrecht 2015 (calibration error).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.chances.models import MODELS, fit_model
from forecasting.chances.rivals import Rival
from forecasting.chances.rows import ChanceRows
from forecasting.errors import ForecastError
from forecasting.outcomes.scores import area_under_curve, calibration_curve, calibration_error
from forecasting.outcomes.splits import Split, splits_of
from forecasting.panel import Floats

SHUFFLED = "shuffled"
FEWEST_DECIDED, FEWEST_JUDGED, FEWEST_OF_A_KIND = 100, 50, 10
# A model that is not better by this share of the loss is not worth its complexity.
WORTH = 0.01
TOP = 0.1
_EDGE = 1e-4
SCHEMA = {
    "candidate": pl.String, "split": pl.String, "cutoff_date": pl.Date, "until_date": pl.Date,
    "training_rows": pl.Int64, "judged_rows": pl.Int64, "judged_subjects": pl.Int64, "base_rate": pl.Float64,
    "auc": pl.Float64, "brier": pl.Float64, "log_loss": pl.Float64, "calibration_error": pl.Float64,
    "lift": pl.Float64, "worth_found": pl.Float64,
}  # fmt: skip
CURVE_SCHEMA = {
    "candidate": pl.String, "bin": pl.Int64, "rows": pl.Int64, "predicted": pl.Float64, "observed": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChanceValidation:
    """What was measured and what follows.

    `table`: one row per candidate × split ("all" joins the splits); `lift`: share of yes among the most likely tenth
    ÷ share of all; `worth_found`: share of the worth of all yes that lies in that tenth. `calibration`: one row per
    candidate × bin. `chosen` names the candidate to use; `reason`: too_few_decided, no_split or compared.
    """

    table: pl.DataFrame
    calibration: pl.DataFrame
    chosen: str
    reason: str


def validated(
    rows: ChanceRows, day: int, seed: int, rivals: Mapping[str, Rival], plain: str, count: int = 3
) -> ChanceValidation:
    """Judge `rivals` and both models over `count` cutoffs; `day` is the day on which the table was written.

    `plain` names the rival that is used where nothing can be compared. Raises ForecastError where it is none of them.
    """
    if plain not in rivals:
        raise ForecastError(f"The plain rival {plain!r} is none of {', '.join(sorted(rivals))}.")
    empty = (pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema=CURVE_SCHEMA))
    if rows.is_decided.sum() < FEWEST_DECIDED:
        return ChanceValidation(*empty, plain, "too_few_decided")
    judged = [
        (split, test, _all_candidates(rows.known_by(split.cutoff), split.cutoff, test, seed, rivals))
        for split in splits_of(rows.known, rows.decided - rows.known, day, count)
        if (test := _judged_rows(rows, split)).count >= FEWEST_JUDGED
        and rows.known_by(split.cutoff).is_decided.sum() >= FEWEST_DECIDED
        and min(test.outcome.sum(), (1 - test.outcome).sum()) >= FEWEST_OF_A_KIND
    ]
    if not judged:
        return ChanceValidation(*empty, plain, "no_split")
    table = pl.DataFrame(
        [
            {"candidate": name, "split": str(number), **_about(rows, split, test), **_scores(test, chance)}
            for number, (split, test, found) in enumerate(judged, start=1)
            for name, chance in found.items()
        ],
        schema=SCHEMA,
    )
    everyone = [
        {"candidate": name, "split": "all", **_joined(table, name, judged)}
        for name in [*sorted(rivals), *MODELS, SHUFFLED]
    ]
    table = pl.concat([table, pl.DataFrame(everyone, schema=SCHEMA)])
    return ChanceValidation(table, _curves(judged), chosen(table, sorted(rivals)), "compared")


def chosen(table: pl.DataFrame, rivals: list[str]) -> str:
    """The best model, if its Brier score over all splits is at least 1 % below the best rival's and lower in most
    splits; else that rival."""
    over_all = dict(table.filter(pl.col("split") == "all").select("candidate", "brier").iter_rows())
    least, best = min((over_all[name], name) for name in rivals)
    own, model = min((over_all[name], name) for name in MODELS)
    if own > least * (1 - WORTH):
        return best
    by_split = table.filter(pl.col("split") != "all")
    of_rival = by_split.filter(pl.col("candidate") == best).select("split", rival="brier")
    compared = by_split.filter(pl.col("candidate") == model).join(of_rival, on="split")
    return model if 2 * compared.filter(pl.col("brier") < pl.col("rival")).height > compared.height else best


def _judged_rows(rows: ChanceRows, split: Split) -> ChanceRows:
    return rows.taken((rows.known > split.cutoff) & (rows.known <= split.until) & rows.is_decided)


def _all_candidates(
    past: ChanceRows, cutoff: int, test: ChanceRows, seed: int, rivals: Mapping[str, Rival]
) -> dict[str, Floats]:
    found = {name: rivals[name](past, cutoff, test) for name in sorted(rivals)}
    for name in MODELS:
        found[name] = fit_model(name, past, cutoff, seed).chances(test.features)
    order = np.random.default_rng(seed).permutation(past.count)
    # Decisions keep their distance from the look; what would lie after the cutoff is cut off there again.
    lied = past.with_outcomes(past.known + (past.decided - past.known)[order], past.outcome[order]).known_by(cutoff)
    found[SHUFFLED] = fit_model("boosting", lied, cutoff, seed).chances(test.features)
    return found


def _scores(test: ChanceRows, chance: Floats) -> dict[str, float | int | None]:
    actual = test.outcome
    top = _most_likely(test, chance)
    worth = np.nan_to_num(test.worth) * actual
    return {
        "judged_rows": test.count,
        "judged_subjects": test.subjects.n_unique(),
        "base_rate": float(actual.mean()),
        "auc": area_under_curve(actual, chance),
        "brier": float(((chance - actual) ** 2).mean()),
        "log_loss": float(-np.log(np.clip(np.where(actual > 0, chance, 1 - chance), _EDGE, 1)).mean()),
        "calibration_error": calibration_error(actual, chance),
        "lift": float(actual[top].mean() / actual.mean()) if actual.any() else None,
        "worth_found": float(worth[top].sum() / worth.sum()) if worth.sum() > 0 else None,
    }


def _most_likely(test: ChanceRows, chance: Floats) -> np.ndarray:
    """The rows of the highest chances, a tenth of all and at least one; equal chances go by id."""
    by_id = np.argsort(test.ids.to_numpy(), kind="stable")
    order = by_id[np.argsort(-chance[by_id], kind="stable")]
    return np.asarray(order[: max(1, round(test.count * TOP))])


def _about(rows: ChanceRows, split: Split, test: ChanceRows) -> dict[str, object]:
    days = pl.Series([split.cutoff, split.until], dtype=pl.Int32).cast(pl.Date)
    trained = int(rows.known_by(split.cutoff).is_decided.sum())
    return {"cutoff_date": days[0], "until_date": days[1], "training_rows": trained}


def _joined(
    table: pl.DataFrame, name: str, judged: list[tuple[Split, ChanceRows, dict[str, Floats]]]
) -> dict[str, object]:
    """Means over the splits by their rows: chances of different splits come from different models."""
    own = table.filter(pl.col("candidate") == name)
    measures = ("base_rate", "auc", "brier", "log_loss", "calibration_error", "lift", "worth_found")
    rows = pl.col("judged_rows")
    mean = {
        one: own.filter(pl.col(one).is_not_null()).select((pl.col(one) * rows).sum() / rows.sum()).item()
        for one in measures
        if own[one].null_count() < own.height
    }
    subjects = pl.concat([test.subjects for _, test, _ in judged]).n_unique()
    return {"judged_rows": int(own["judged_rows"].sum()), "judged_subjects": subjects, **mean}


def _curves(judged: list[tuple[Split, ChanceRows, dict[str, Floats]]]) -> pl.DataFrame:
    actual = np.concatenate([test.outcome for _, test, _ in judged])
    curves = [
        calibration_curve(actual, np.concatenate([found[name] for _, _, found in judged])).select(
            pl.lit(name).alias("candidate"), *list(CURVE_SCHEMA)[1:]
        )
        for name in judged[0][2]
    ]
    return pl.concat(curves)
