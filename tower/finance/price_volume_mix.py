"""From one period's margin to the next: price, cost, volume, mix, new and lost, which add up exactly.

The margin of a key is Σ revenue − Σ cost; price, cost and margin of one unit are the key's own means of the period.
The split of a change into price, volume and mix is that of standard variance analysis (Horngren, Cost Accounting,
sales-volume, sales-mix and sales-quantity variances), with volume measured at the prices of the first period.
"""

from __future__ import annotations

import polars as pl

STEPS = ("price", "cost", "volume", "mix", "new", "lost", "other")
_COLUMNS = ("quantity_0", "revenue_0", "cost_0", "quantity_1", "revenue_1", "cost_1")


def price_volume_mix(frame: pl.DataFrame) -> pl.DataFrame:
    """Split each key's change of margin into STEPS.

    `frame`: one row per key with quantity, revenue and cost of the first (0) and the second (1) period; nothing counts
    as zero. Returns its rows with margin_0, margin_1 and one column per step, which add up to margin_1 − margin_0 in
    every row:
    price = (p1 − p0) q1; cost = −(c1 − c0) q1; volume = (V − 1) q0 m0; mix = (q1 − V q0) m0,
    where V = Σ q1 p0 ÷ Σ q0 p0 over the keys sold in both periods. A key sold in one period only is new
    or lost. Where more came back than went out, or value has no quantity, no price can be read: the change is `other`.
    """
    filled = frame.with_columns(pl.col(_COLUMNS).cast(pl.Float64).fill_null(0.0)).with_columns(
        margin_0=pl.col("revenue_0") - pl.col("cost_0"), margin_1=pl.col("revenue_1") - pl.col("cost_1")
    )
    empty_0 = (pl.col("quantity_0") == 0) & (pl.col("revenue_0") == 0) & (pl.col("cost_0") == 0)
    empty_1 = (pl.col("quantity_1") == 0) & (pl.col("revenue_1") == 0) & (pl.col("cost_1") == 0)
    kinds = filled.with_columns(
        kind=pl.when((pl.col("quantity_0") > 0) & (pl.col("quantity_1") > 0)).then(pl.lit("both"))
        .when(empty_0 & (pl.col("quantity_1") > 0)).then(pl.lit("new"))
        .when(empty_1 & (pl.col("quantity_0") > 0)).then(pl.lit("lost"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip
    both, change = pl.col("kind") == "both", pl.col("margin_1") - pl.col("margin_0")
    volume = volume_index(kinds.filter(both))
    q0, q1, m0 = pl.col("quantity_0"), pl.col("quantity_1"), pl.col("margin_0") / pl.col("quantity_0")
    made = {
        "price": pl.col("revenue_1") - pl.col("revenue_0") / q0 * q1,
        "cost": pl.col("cost_0") / q0 * q1 - pl.col("cost_1"),
        "volume": (volume - 1) * pl.col("margin_0"),
        "mix": (q1 - volume * q0) * m0,
    }
    return kinds.with_columns(
        **{name: pl.when(both).then(of).otherwise(0.0) for name, of in made.items()},
        **{name: pl.when(pl.col("kind") == name).then(change).otherwise(0.0) for name in ("new", "lost", "other")},
    )


def volume_index(both: pl.DataFrame) -> float:
    """Σ q1 p0 ÷ Σ q0 p0 of keys sold in both periods; 1 where the first period has no revenue."""
    base = float(both["revenue_0"].sum())
    if base == 0:
        return 1.0
    return float((both["revenue_0"] / both["quantity_0"] * both["quantity_1"]).sum()) / base
