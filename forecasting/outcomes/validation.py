"""Is the model better than plain rules on looks it has not seen? Measured over several cutoffs, and with lies as well.

For every cutoff the table is put back to that day, rivals and model learn from it, and all are judged by later looks.
The model that learns from shuffled ends must fall back to chance; if it does not, something leaks. A rule then decides,
once for the chance of being late and once for the dates, whether the model is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from forecasting.outcomes.model import fit_outcomes
from forecasting.outcomes.prediction import Prediction, in_agreement
from forecasting.outcomes.rivals import PLAIN_RIVALS, Rival
from forecasting.outcomes.rows import OutcomeRows
from forecasting.outcomes.scores import area_under_curve, calibration_curve, scores
from forecasting.outcomes.splits import Split, time_splits

MODEL, SHUFFLED = "model", "model_target_shuffled"
# With fewer subjects whose end is known there is nothing to learn that would be more than luck.
FEWEST_SUBJECTS = 200
FEWEST_JUDGED = 50
# A model that is not better by this share of the loss is not worth its complexity.
WORTH = 0.01
SCHEMA = {
    "candidate": pl.String, "split": pl.String, "cutoff_date": pl.Date, "until_date": pl.Date,
    "training_rows": pl.Int64, "training_subjects": pl.Int64, "test_rows": pl.Int64, "test_subjects": pl.Int64,
    "judged_rows": pl.Int64, "ended_rows": pl.Int64, "base_rate": pl.Float64, "auc": pl.Float64, "brier": pl.Float64,
    "log_loss": pl.Float64, "calibration_error": pl.Float64, "mean_absolute_error_days": pl.Float64,
    "pinball_p50_days": pl.Float64, "pinball_p90_days": pl.Float64, "coverage_p50": pl.Float64,
    "coverage_p90": pl.Float64,
}  # fmt: skip
CURVE_SCHEMA = {
    "candidate": pl.String, "bin": pl.Int64, "rows": pl.Int64, "predicted": pl.Float64, "observed": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Validation:
    """What was measured and what follows.

    `table`: one row per candidate × split ("all" joins the splits), columns SCHEMA; `calibration`: one row per
    candidate × bin of chances (CURVE_SCHEMA); `for_probability` and `for_date` name the candidate to use; `reason` is
    one of too_few_subjects, no_split, compared.
    """

    table: pl.DataFrame
    calibration: pl.DataFrame
    for_probability: str
    for_date: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Judged:
    rows: OutcomeRows
    found: dict[str, Prediction]


def validated(
    rows: OutcomeRows, day: int, seed: int, rivals: Mapping[str, Rival] | None = None, count: int = 3
) -> Validation:
    """Judge rivals and model over `count` cutoffs; `day` is the day on which the table was written."""
    rivals = PLAIN_RIVALS if rivals is None else rivals
    plain = sorted(rivals)[-1] if "usual_slip" not in rivals else "usual_slip"
    empty = (pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema=CURVE_SCHEMA))
    if rows.taken(np.isfinite(rows.ended)).subject_count < FEWEST_SUBJECTS:
        return Validation(*empty, plain, plain, "too_few_subjects")
    entries: list[dict[str, object]] = []
    judged: list[_Judged] = []
    for number, split in enumerate(time_splits(rows, day, count), start=1):
        past = rows.known_by(split.cutoff)
        test = rows.taken((rows.known > split.cutoff) & (rows.known <= split.until))
        trained = past.taken(np.isfinite(past.ended))
        if trained.subject_count < FEWEST_SUBJECTS or test.count < FEWEST_JUDGED:
            continue
        found = _all_candidates(past, split, test, seed, rivals)
        judged.append(_Judged(test, found))
        about = _about(str(number), split, trained, test)
        entries += [{"candidate": name, **about, **scores(test, one, day)} for name, one in found.items()]
    if not judged:
        return Validation(*empty, plain, plain, "no_split")
    together = _together(judged)
    about = {
        "split": "all",
        "test_rows": together.rows.count,
        "test_subjects": together.rows.subject_count,
    }
    entries += [
        {"candidate": name, **about, **scores(together.rows, one, day), "auc": _auc_within(judged, name, day)}
        for name, one in together.found.items()
    ]
    table = pl.DataFrame(entries, schema=SCHEMA)
    return Validation(
        table,
        _curves(together, day),
        chosen(table, sorted(rivals), ("brier",)),
        chosen(table, sorted(rivals), ("pinball_p50_days", "pinball_p90_days")),
        "compared",
    )


def chosen(table: pl.DataFrame, rivals: list[str], losses: tuple[str, ...]) -> str:
    """The model, if its loss over all splits is at least 1 % below the best rival's and lower in most splits.

    Else the rival with the lowest loss. The losses of several measures are added; where a split could not be judged, it
    speaks for nobody.
    """
    measured = table.filter(pl.col("candidate") != SHUFFLED).with_columns(
        _loss=pl.sum_horizontal(losses, ignore_nulls=False)
    )
    over_all = dict(measured.filter(pl.col("split") == "all").select("candidate", "_loss").iter_rows())
    known = sorted((over_all[name], name) for name in rivals if over_all.get(name) is not None)
    if not known:
        return rivals[-1]
    least, best = known[0]
    own = over_all.get(MODEL)
    if own is None or own > least * (1 - WORTH):
        return best
    by_split = measured.filter(pl.col("split") != "all", pl.col("_loss").is_not_null())
    of_rival = by_split.filter(pl.col("candidate") == best).select("split", rival="_loss")
    compared = by_split.filter(pl.col("candidate") == MODEL).join(of_rival, on="split")
    wins = compared.filter(pl.col("_loss") < pl.col("rival")).height
    return MODEL if 2 * wins > compared.height else best


def shuffled(past: OutcomeRows, seed: int) -> OutcomeRows:
    """The same looks with due date and end of others: whatever the features say about them is a lie."""
    order = np.random.default_rng(seed).permutation(past.count)
    return OutcomeRows(
        past.ids, past.subjects, past.groups, past.known, past.known + (past.due - past.known)[order],
        past.known + (past.ended - past.known)[order], past.features, past.names,
    )  # fmt: skip


def _all_candidates(
    past: OutcomeRows, split: Split, test: OutcomeRows, seed: int, rivals: Mapping[str, Rival]
) -> dict[str, Prediction]:
    found = {name: rivals[name](past, split.cutoff, test) for name in sorted(rivals)}
    found[MODEL] = fit_outcomes(past, split.cutoff, seed).predict(test)
    # A shuffled end may lie after the cutoff; it is cut off there again.
    found[SHUFFLED] = fit_outcomes(shuffled(past, seed).known_by(split.cutoff), split.cutoff, seed).predict(test)
    return {name: in_agreement(test, one) for name, one in found.items()}


def _about(name: str, split: Split, trained: OutcomeRows, test: OutcomeRows) -> dict[str, object]:
    days = pl.Series([split.cutoff, split.until], dtype=pl.Int32).cast(pl.Date)
    return {
        "split": name,
        "cutoff_date": days[0],
        "until_date": days[1],
        "training_rows": trained.count,
        "training_subjects": trained.subject_count,
        "test_rows": test.count,
        "test_subjects": test.subject_count,
    }


def _together(judged: list[_Judged]) -> _Judged:
    rows = joined([one.rows for one in judged])
    found = {
        name: Prediction(
            np.concatenate([one.found[name].probability for one in judged]),
            np.concatenate([one.found[name].p50 for one in judged]),
            np.concatenate([one.found[name].p90 for one in judged]),
        )
        for name in judged[0].found
    }
    return _Judged(rows, found)


def _auc_within(judged: list[_Judged], name: str, day: int) -> float | None:
    """The AUC over pairs of the same split: chances of different splits come from different models."""
    found, pairs = 0.0, 0
    for one in judged:
        late = one.rows.late(day)
        known = one.rows.is_undecided & np.isfinite(late)
        auc = area_under_curve(late[known], one.found[name].probability[known])
        if auc is not None:
            weight = int((late[known] > 0).sum()) * int((late[known] == 0).sum())
            found, pairs = found + auc * weight, pairs + weight
    return found / pairs if pairs else None


def joined(parts: list[OutcomeRows]) -> OutcomeRows:
    """Tables of the same features one after another."""
    return OutcomeRows(
        pl.concat([one.ids for one in parts]),
        pl.concat([one.subjects for one in parts]),
        pl.concat([one.groups for one in parts]),
        np.concatenate([one.known for one in parts]),
        np.concatenate([one.due for one in parts]),
        np.concatenate([one.ended for one in parts]),
        np.concatenate([one.features for one in parts]),
        parts[0].names,
    )


def _curves(judged: _Judged, day: int) -> pl.DataFrame:
    late = judged.rows.late(day)
    known = judged.rows.is_undecided & np.isfinite(late)
    curves = [
        calibration_curve(late[known], found.probability[known]).select(
            pl.lit(name).alias("candidate"), *list(CURVE_SCHEMA)[1:]
        )
        for name, found in judged.found.items()
    ]
    return pl.concat(curves).cast(CURVE_SCHEMA)  # type: ignore[arg-type]
