"""Customers as a table, and the one way to name a customer code: business customers by id, consumers by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import CUSTOMER_TYPES, NEVER
from pipelines.demo.company.customers import SOUTHERN
from pipelines.demo.company.words import CITIES, GIVEN, SURNAMES
from pipelines.demo.market.consumers import CONSUMER_COUNTRIES
from pipelines.demo.world import World
from pipelines.demo.writing.columns import CONSUMER, coded, dates, numbered

Codes = npt.NDArray[np.int64]
SLICE_ROWS = 250_000
SEGMENTS = ("commuter", "family", "student", "courier", "leisure", "senior")
_SEGMENT_WEIGHTS = np.cumsum([0.38, 0.22, 0.12, 0.10, 0.12, 0.06])
_GIVEN_NAMES: dict[str, tuple[str, ...]] = {
    "DE": ("Anna", "Lukas", "Julia", "Jonas", "Lena", "Felix", "Katrin", "Markus", "Sabine", "Tobias", "Heike", "Paul"),
    "NL": ("Daan", "Sanne", "Bram", "Femke", "Lars", "Lotte", "Jeroen", "Anouk", "Sem", "Marit", "Thijs", "Eva"),
    "FR": ("Camille", "Hugo", "Chloé", "Louis", "Manon", "Jules", "Claire", "Antoine", "Léa", "Marc", "Inès", "Théo"),
    "IT": (
        "Giulia",
        "Marco",
        "Sofia",
        "Luca",
        "Chiara",
        "Matteo",
        "Elena",
        "Paolo",
        "Sara",
        "Andrea",
        "Irene",
        "Dario",
    ),
}
_FAMILY_NAMES: dict[str, tuple[str, ...]] = {
    "DE": ("Müller", "Schmidt", "Weiss", "Fischer", "Becker", "Hoffmann", "Koch", "Ritter", "Wolf", "Neumann", "Roth"),
    "NL": ("de Jong", "Jansen", "de Vries", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos", "Kok"),
    "FR": (
        "Martin",
        "Bernard",
        "Dubois",
        "Moreau",
        "Laurent",
        "Simon",
        "Michel",
        "Garcia",
        "Roux",
        "Fournier",
        "Petit",
    ),
    "IT": ("Rossi", "Ferrari", "Russo", "Bianchi", "Colombo", "Ricci", "Marino", "Greco", "Bruno", "Gallo", "Costa"),
}


def customer_ids(world: World, codes: npt.ArrayLike) -> pl.Series:
    """Ids of customer codes: a business customer's own, `W0000001` for the first consumer; empty for negative codes."""
    business = world.company.customers
    code = np.asarray(codes, dtype=np.int64)
    consumers = numbered(CONSUMER, code - business.count)
    companies = coded(business.ids, np.where(code < business.count, code, -1))
    return pl.select(pl.coalesce(companies, consumers)).to_series()


def customer_keys(world: World, codes: npt.ArrayLike) -> Codes:
    """Luck's keys of customer codes: a consumer's own key, since numbers shift as soon as anything differs."""
    code = np.asarray(codes, dtype=np.int64)
    business, consumers = world.company.customers.count, world.documents.consumers
    if consumers.count == 0:
        return code
    own = consumers["key"][np.clip(code - business, 0, consumers.count - 1)]
    return np.where(code < business, code, own + business)


def is_domestic(world: World, codes: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether customers live in China."""
    code = np.asarray(codes, dtype=np.int64)
    business, consumers = world.company.customers, world.documents.consumers
    at_home = np.array([country == "CN" for country in business.country], dtype=bool)
    result = at_home[np.minimum(code, business.count - 1)]
    if consumers.count:
        own = consumers["country"][np.clip(code - business.count, 0, consumers.count - 1)]
        result = np.where(code < business.count, result, own == CONSUMER_COUNTRIES.index("CN"))
    return result


def known_days(world: World) -> Codes:
    """Day on which each business customer was first known, with an opportunity or when it joined; else NEVER."""
    opportunities = world.documents.opportunities
    result = world.customer_joined_day.astype(np.int64)
    created = np.floor(opportunities["created_at"]).astype(np.int64)
    np.minimum.at(result, opportunities["customer"], created)
    return np.where(result <= world.day, result, NEVER)


def customer_tables(world: World, slice_rows: int = SLICE_ROWS) -> Iterator[dict[str, pl.DataFrame]]:
    """The customers known by the end of the last day, business customers first, then consumers in pieces."""
    yield {"customers": _business_customers(world)}
    for start in range(0, world.documents.consumers.count, slice_rows):
        yield {"customers": _consumers(world, start, start + slice_rows)}


def _business_customers(world: World) -> pl.DataFrame:
    company, customers, leads = world.company, world.company.customers, world.documents.leads
    since = known_days(world)
    campaign = np.full(customers.count, -1, dtype=np.int64)
    brought = np.flatnonzero((leads["customer"] >= 0) & (leads["customer"] < customers.count))[::-1]
    campaign[leads["customer"][brought]] = leads["campaign"][brought]
    # A lead of somebody who was a customer before did not bring him.
    campaign = np.where(customers.joined_day == NEVER, campaign, -1)
    frame = pl.DataFrame(
        {
            "customer_id": pl.Series(customers.ids, dtype=pl.String),
            "customer_name": pl.Series(customers.names, dtype=pl.String),
            "customer_type": coded(CUSTOMER_TYPES, customers.customer_type),
            "segment": pl.Series(customers.segment, dtype=pl.String),
            "country_code": pl.Series(customers.country, dtype=pl.String),
            "region": pl.Series(customers.region, dtype=pl.String),
            "sales_rep_id": coded(company.sales_reps.ids, customers.sales_rep),
            "credit_limit_value": customers.credit_limit.astype(np.float64),
            "payment_terms_days": customers.terms_days.astype(np.int32),
            "created_date": dates(company.start_date, since),
            "source_campaign_id": coded(company.campaigns.ids, campaign),
        }
    )
    return frame.filter(pl.Series(since != NEVER))


def _consumers(world: World, start: int, end: int) -> pl.DataFrame:
    company, luck = world.company, world.luck
    consumers = world.documents.consumers.slice(start, end)
    key, country = consumers["key"], consumers["country"].astype(np.int64)
    count = key.size
    nobody = coded((), np.full(count, -1))
    return pl.DataFrame(
        {
            "customer_id": numbered(CONSUMER, np.arange(start, start + count)),
            "customer_name": _names(world, key, country),
            "customer_type": coded(CUSTOMER_TYPES, np.full(count, CUSTOMER_TYPES.index("end_customer"))),
            "segment": coded(SEGMENTS, luck.choice(_SEGMENT_WEIGHTS, "segment", key)),
            "country_code": coded(CONSUMER_COUNTRIES, country),
            "region": _regions(world, key, country, consumers["ship_from"]),
            "sales_rep_id": nobody,
            "credit_limit_value": pl.Series([None], dtype=pl.Float64).new_from_index(0, count),
            "payment_terms_days": np.zeros(count, dtype=np.int32),
            "created_date": dates(company.start_date, consumers["created_day"]),
            "source_campaign_id": coded(company.campaigns.ids, consumers["campaign"]),
        }
    )


def _names(world: World, key: Codes, country: Codes) -> pl.Series:
    """Chinese names in characters, European ones given name first."""
    family, given, second = (world.luck.integers(10_000, f"{part} name", key) for part in ("family", "given", "second"))
    in_chinese = [name for _, name in GIVEN]
    # Every other Chinese given name has two characters.
    further = _picked(in_chinese, np.where(second % 2 == 1, second // 2, -1)).fill_null("")
    names = [
        _either(country == 0, _picked([name for _, name in SURNAMES], family), _picked(in_chinese, given), further)
    ]
    for code, name in enumerate(CONSUMER_COUNTRIES):
        if name in _GIVEN_NAMES:
            space = pl.Series([" "]).new_from_index(0, key.size)
            parts = (_picked(_GIVEN_NAMES[name], given), space, _picked(_FAMILY_NAMES[name], family))
            names.append(_either(country == code, *parts))
    return pl.select(pl.coalesce(*names)).to_series()


def _regions(world: World, key: Codes, country: Codes, ship_from: Codes) -> pl.Series:
    """A city's region by luck; who is served from the southern centre lives in the south."""
    south = ship_from == world.company.places.code("D2")
    drawn = world.luck.integers(10_000, "consumer region", key)
    in_china = [city.region for city in CITIES["CN"]]
    southern = [region for region in in_china if region in SOUTHERN]
    northern = [region for region in in_china if region not in SOUTHERN]
    regions = [
        _either((country == 0) & south, _picked(southern, drawn)),
        _either((country == 0) & ~south, _picked(northern, drawn)),
    ]
    for code, name in enumerate(CONSUMER_COUNTRIES[1:], start=1):
        regions.append(_either(country == code, _picked([city.region for city in CITIES[name]], drawn)))
    return pl.select(pl.coalesce(*regions)).to_series()


def _picked(words: Sequence[str], drawn: Codes) -> pl.Series:
    """Words by numbers of any size; empty for negative ones."""
    return coded(words, np.where(drawn >= 0, drawn % len(words), -1))


def _either(chosen: npt.NDArray[np.bool_], *parts: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(chosen)).then(pl.concat_str(*parts))).to_series()
