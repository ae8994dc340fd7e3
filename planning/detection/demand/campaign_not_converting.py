"""Campaigns that bring leads, and no customers."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import chi2, nbinom

from planning.detection.findings import DetectionRows, Findings
from planning.detection.row_order import in_order
from planning.detection.supply.found import Figure, findings_of, touched
from planning.detection.supply.surprise import kept_discoveries
from planning.detection.supply.thresholds import Thresholds

Floats = npt.NDArray[np.float64]

READS = ("alert_thresholds", "campaign_leads", "company_sales")
# With fewer campaigns there is nothing to compare one with.
_LEAST_CAMPAIGNS = 4
_MAD_TO_SPREAD = 1.4826
# Logarithm: campaigns of a channel bring a quarter more or fewer leads for their money without a reason.
_LEAST_SPREAD_OF_LEADS = 0.25
_FIGURES = (
    Figure("campaign_leads", "count", "usual_leads"),
    Figure("campaign_customers", "count", "usual_customers"),
    Figure("campaign_cost", "money"),
    Figure("cost_per_customer", "money", "usual_cost_per_customer"),
)


def campaign_not_converting(rows: DetectionRows, as_of: date) -> Findings:
    """Campaigns that bring leads, and no customers.

    **Watched**: the leads of each campaign for the money spent so far, and how many of them have become customers.

    **Rule**: leads need time to become customers. From all other campaigns it is worked out which share of leads has
    become a customer within so many days (Kaplan and Meier's estimate, leads that are still young counted as long as
    they are known); each lead of the campaign counts with the share of its age. So a young campaign is not accused of
    having no customers yet. Two chances are worked out: so few customers from these leads (a negative binomial count,
    since campaigns differ), and so many leads for the money (logarithm against other campaigns of the channel, or of
    all where it has few). Together (Fisher) they must be rarer than chance among all campaigns of the last
    `onset_days` allows (`false_discovery_rate`), and customers must be fewer than half of what is usual. What was
    spent must be worth an alert (`least_value_share`).

    **Figures**: leads and customers against the usual, the cost so far, the cost of a customer against the usual.
    **Money**: the budget spent so far. **Since**: the campaign's first day.
    """
    rows = in_order(rows, READS)
    limits = Thresholds.of(rows)
    leads = rows["campaign_leads"]
    campaigns = _campaigns(leads, as_of)
    if campaigns.height <= _LEAST_CAMPAIGNS:
        return Findings.none()
    campaigns = campaigns.with_columns(pl.Series("usual_customers", _usual_customers(leads, campaigns, as_of)))
    campaigns = _against_others(campaigns)
    current = campaigns.filter(
        (pl.coalesce("end_date", pl.lit(as_of, dtype=pl.Date)) >= limits.onset_from(as_of))
        & (pl.col("campaign_leads") > 0)
    )
    kept = kept_discoveries(current["chance"].to_numpy(), limits.false_discovery_rate)
    found = current.filter(pl.Series(kept, dtype=pl.Boolean)).filter(
        (pl.col("campaign_customers") < pl.col("usual_customers") / 2) & (pl.col("campaign_cost") >= limits.least_value)
    )
    subjects = found.with_columns(
        subject_id=pl.col("campaign_id"),
        since_date=pl.col("start_date"),
        last_date=pl.lit(as_of, dtype=pl.Date),
        cost_per_customer=pl.col("campaign_cost") / pl.col("campaign_customers").clip(1, None),
        usual_cost_per_customer=pl.col("campaign_cost") / pl.col("usual_customers"),
        own_value=pl.col("campaign_cost"),
    )
    nothing = touched(subjects.head(0), "campaign_id", "customer", "campaign_id")
    return findings_of("campaign_not_converting", "campaign", subjects, _FIGURES, nothing, value_basis="budget")


def _campaigns(leads: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A row a campaign with leads and customers so far and what was spent, sorted."""
    today = pl.lit(as_of, dtype=pl.Date)
    campaigns = (
        leads.group_by("campaign_id")
        .agg(
            *(pl.col(name).first() for name in ("channel", "start_date", "end_date", "budget_value", "cost_value")),
            campaign_leads=pl.col("lead_id").is_not_null().sum(),
            campaign_customers=pl.col("converted_date").is_not_null().sum(),
        )
        .sort("campaign_id")
    )
    length = (pl.coalesce("end_date", today) - pl.col("start_date")).dt.total_days() + 1
    gone = ((today - pl.col("start_date")).dt.total_days() + 1) / length
    return campaigns.with_columns(
        campaign_cost=pl.coalesce("cost_value", pl.col("budget_value") * gone.clip(0.0, 1.0)).fill_null(0.0)
    )


def _usual_customers(leads: pl.DataFrame, campaigns: pl.DataFrame, as_of: date) -> Floats:
    """Customers that each campaign's leads would be by now if they were those of the other campaigns."""
    known = leads.filter(pl.col("lead_id").is_not_null()).join(
        campaigns.select("campaign_id").with_row_index("number"), on="campaign_id", how="left"
    )
    today = pl.lit(as_of, dtype=pl.Date)
    became = pl.col("converted_date").is_not_null()
    age = (pl.coalesce("converted_date", today) - pl.col("created_date")).dt.total_days().clip(0, None)
    full = (today - pl.col("created_date")).dt.total_days().clip(0, None)
    known = known.with_columns(age=age, full_age=full, became=became)
    number = known["number"].to_numpy().astype(np.int64)
    days = int(known["full_age"].max() or 0) + 1  # type: ignore[arg-type]
    # campaigns × days of age: who became a customer on it, and who was known on it.
    events, known_until = np.zeros((campaigns.height, days)), np.zeros((campaigns.height, days))
    np.add.at(events, (number, known["age"].to_numpy()), known["became"].to_numpy().astype(np.float64))
    np.add.at(known_until, (number, known["age"].to_numpy()), 1.0)
    at_risk = known_until[:, ::-1].cumsum(axis=1)[:, ::-1]
    other_events, other_risk = events.sum(axis=0) - events, at_risk.sum(axis=0) - at_risk
    hazard = np.divide(other_events, other_risk, out=np.zeros_like(other_events), where=other_risk > 0)
    became_by = 1.0 - np.cumprod(1.0 - hazard, axis=1)
    until_now = became_by[number, known["full_age"].to_numpy()]
    return np.bincount(number, weights=until_now, minlength=campaigns.height).astype(np.float64)


def _against_others(campaigns: pl.DataFrame) -> pl.DataFrame:
    """With usual_leads, chance (few customers and many leads together) and strength."""
    with_cost = pl.when(pl.col("campaign_cost") > 0).then(pl.col("campaign_leads") / pl.col("campaign_cost"))
    rate = ((with_cost * pl.col("campaign_cost").sum() / pl.col("campaign_leads").sum()) + 1e-3).log()
    campaigns = campaigns.with_columns(rate=rate)
    own = pl.len().over("channel") >= _LEAST_CAMPAIGNS
    centre = pl.when(own).then(pl.col("rate").median().over("channel")).otherwise(pl.col("rate").median())
    campaigns = campaigns.with_columns(rate_apart=pl.col("rate") - centre)
    apart = campaigns["rate_apart"].fill_null(0.0).to_numpy()
    # Few leads make a loose rate: their luck comes on top of what campaigns differ by.
    leads = campaigns["campaign_leads"].to_numpy().astype(np.float64)
    spread = max(float(np.median(np.abs(apart))) * _MAD_TO_SPREAD, _LEAST_SPREAD_OF_LEADS)
    score = apart / np.sqrt(spread**2 + 1.0 / np.maximum(leads, 1.0))
    many = 1.0 / (1.0 + np.exp(np.clip(score * np.pi / np.sqrt(3.0), -50, 50)))
    usual = campaigns["usual_customers"].to_numpy()
    customers = campaigns["campaign_customers"].to_numpy().astype(np.float64)
    variation = _variation(customers, usual)
    size = 1.0 / variation
    few = nbinom.cdf(customers, size, size / (size + np.maximum(usual, 1e-9)))
    few = np.where(usual > 0, few, 1.0)
    together = chi2.sf(-2.0 * (np.log(np.maximum(many, 1e-300)) + np.log(np.maximum(few, 1e-300))), 4)
    return campaigns.with_columns(
        usual_leads=pl.col("campaign_leads") / pl.col("rate_apart").exp(),
        chance=pl.Series(together),
        strength=pl.Series(-np.log10(np.maximum(together, 1e-300))),
    )


def _variation(customers: Floats, usual: Floats) -> float:
    """Squared coefficient of variation of campaigns beyond the luck of counts, by moments; at least 0.02."""
    seen = usual > 0
    if not seen.any():
        return 0.02
    beyond = float(((customers - usual) ** 2 - usual)[seen].sum() / (usual[seen] ** 2).sum())
    return min(max(beyond, 0.02), 1.0)
