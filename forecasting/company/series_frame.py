"""What a planner reads about each series: the way it was forecast, from what evidence, and what to look at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from forecasting.company.base_forecasts import INTERVAL_METHODS, ROUTES, RUNGS, VOICES, BaseForecasts
from forecasting.company.hierarchy import Hierarchy
from forecasting.company.life_cycle import LifeCycle
from forecasting.company.result import KEYS
from forecasting.company.settings import CompanySettings
from forecasting.demand_classes import CLASSES, LIFE_CYCLES, POISSON_DISPERSION
from forecasting.panel import Integers

# Voices below this share are not named.
_NAMED_SHARE = 0.05


def series_frame(
    settings: CompanySettings,
    cycle: LifeCycle,
    keys: pl.DataFrame,
    source: Integers,
    found: tuple[Hierarchy, BaseForecasts] | None,
) -> pl.DataFrame:
    """One row per series of `keys` (KEYS, family); see CompanyForecast.series."""
    frame = keys.with_columns(source=pl.Series(source))
    if found is None:
        about = pl.DataFrame(schema=_ABOUT)
    else:
        nodes, base = found
        about = _about(nodes, base)
    old_of = (
        cycle.continued.sort("item_id")
        .group_by(item_id="successor_id")
        .agg(predecessors=pl.col("item_id").str.join(", "))
    )
    joined = (
        frame.with_columns(
            is_ended=pl.col("item_id").is_in(cycle.ended.implode()),
            is_fading=pl.col("item_id").is_in(cycle.fading.implode()),
        )
        .join(cycle.continued.rename({"successor_id": "successor"}), on="item_id", how="left", maintain_order="left")
        .join(old_of, on="item_id", how="left", maintain_order="left")
        .join(about, on="source", how="left", maintain_order="left")
    )
    ended = pl.col("source") < 0
    is_old = pl.col("successor").is_not_null()
    sentences = (
        (pl.col("is_ended") | (ended & ~is_old), pl.lit("Ended: forecast as nothing.")),
        (pl.col("is_fading"), pl.lit(f"Phased out: fades to nothing over {settings.periods_of_fade} periods.")),
        (is_old, pl.format("Replaced by {}: keeps a fading share of both.", pl.col("successor"))),
        (pl.col("predecessors").is_not_null(), pl.format("Continues the history of {}.", pl.col("predecessors"))),
        (pl.col("rung") == "class_prior", pl.lit("Short history: drawn towards the level of similar series.")),
        (pl.col("rung") == "analogue_curve", pl.lit("New item: follows earlier launches of its family.")),
        (pl.col("rung") == "attributes", pl.lit("Not sold yet: the level of similar series, with a wide interval.")),
        (pl.col("route") == "no_demand", pl.lit("No demand so far: forecast as nothing.")),
        (pl.col("is_silent"), pl.lit("Silent for long: check whether it has ended.")),
        (
            pl.col("dispersion") > POISSON_DISPERSION,
            pl.lit("Varies more than chance: a Poisson safety stock would be too low."),
        ),
    )
    flags = pl.concat_list(pl.when(when).then(pl.concat_list(text)).otherwise(pl.lit([], pl.List(pl.String)))
                           for when, text in sentences)  # fmt: skip
    return joined.select(
        pl.col("item_id"),
        *(pl.col(name).replace("", None) for name in KEYS[1:]),
        "family",
        route=pl.when(ended).then(pl.lit("ended")).otherwise("route"),
        rung="rung",
        demand_class="demand_class",
        life_cycle=pl.when(ended | pl.col("is_ended"))
        .then(pl.lit("ended"))
        .when(pl.col("is_fading") | is_old)
        .then(pl.lit("phase_out"))
        .otherwise("life_cycle"),
        history_periods="history_periods",
        interval_method=pl.when(ended).then(pl.lit("none")).otherwise("interval_method"),
        voices=pl.col("voices").fill_null([]),
        flags=flags,
    )


def candidate_weights_frame(keys: pl.DataFrame, source: Integers, base: BaseForecasts | None) -> pl.DataFrame:
    """KEYS, candidate, weight; see CompanyForecast.candidate_weights."""
    if base is None:
        shares, chosen = np.zeros((0, len(VOICES))), np.zeros(0, dtype=np.int64)
    else:
        chosen = np.flatnonzero((source >= 0) & (base.shares[source].sum(axis=1) > 0))
        shares = base.shares[source[chosen]]
    rows, columns = np.nonzero(shares > 0)
    named = keys.select(KEYS)[pl.Series(chosen[rows], dtype=pl.Int64)]
    return named.with_columns(
        *(pl.col(name).replace("", None) for name in KEYS[1:]),
        candidate=pl.Series(np.array(VOICES)[columns], dtype=pl.String),
        weight=pl.Series(shares[rows, columns], dtype=pl.Float64),
    )


_ABOUT: Mapping[str, type[pl.DataType] | pl.DataType] = {
    "source": pl.Int64, "route": pl.String, "rung": pl.String, "demand_class": pl.String, "life_cycle": pl.String,
    "history_periods": pl.Int64, "interval_method": pl.String, "is_silent": pl.Boolean, "dispersion": pl.Float64,
    "voices": pl.List(pl.String),
}  # fmt: skip


def _about(nodes: Hierarchy, base: BaseForecasts) -> pl.DataFrame:
    """What is known of each living series, by its number."""
    series = np.arange(nodes.series_count)
    gate = [f"{voice} {share:.0%}" for voice, share in base.gate if share >= _NAMED_SHARE]
    by_route = {"regular": gate, "intermittent": ["poisson mean 100%"], "ladder": ["similar series 100%"]}
    route = np.array(ROUTES)[base.route[series]]
    return pl.DataFrame(
        {
            "source": series,
            "route": route,
            "rung": np.array(RUNGS)[base.rung[series]],
            "demand_class": np.array(CLASSES)[base.classes.demand_class[series]],
            "life_cycle": np.array(LIFE_CYCLES)[base.classes.life_cycle[series]],
            "history_periods": nodes.lengths[series],
            "interval_method": np.array(INTERVAL_METHODS)[base.interval_method[series]],
            "is_silent": base.classes.life_cycle[series] == LIFE_CYCLES.index("phase_out"),
            "dispersion": base.classes.dispersion[series],
            "voices": [by_route.get(str(one), []) for one in route],
        },
        schema=_ABOUT,
    )
