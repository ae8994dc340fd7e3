"""Customers as a table, and the one way to name a customer code: business customers by their id, consumers by number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import CUSTOMER_TYPES, NEVER
from pipelines.demo.luck import Luck
from pipelines.demo.world import World
from pipelines.demo.writing.columns import CONSUMER, coded, dates, numbered

Codes = npt.NDArray[np.int64]
SEGMENTS = ("commuter", "family", "student", "courier", "leisure", "senior")
_SEGMENT_WEIGHTS = np.cumsum([0.38, 0.22, 0.12, 0.10, 0.12, 0.06])
_SURNAMES_ZH = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN_ZH = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰梅鑫波宇浩凯俊婷雪琳晨欣怡子涵佳思雨博文"
_GIVEN = {
    "de": ("Anna", "Lukas", "Julia", "Jonas", "Lena", "Felix", "Katrin", "Markus", "Sabine", "Tobias", "Heike", "Paul"),
    "nl": ("Daan", "Sanne", "Bram", "Femke", "Lars", "Lotte", "Jeroen", "Anouk", "Sem", "Marit", "Thijs", "Eva"),
    "fr": ("Camille", "Hugo", "Chloé", "Louis", "Manon", "Jules", "Claire", "Antoine", "Léa", "Marc", "Inès", "Paul"),
    "en": ("Emma", "Jack", "Olivia", "Noah", "Grace", "Liam", "Sophie", "James", "Ruby", "Daniel", "Amy", "Ryan"),
}
_FAMILY = {
    "de": ("Müller", "Schmidt", "Weber", "Fischer", "Becker", "Hoffmann", "Koch", "Richter", "Wolf", "Neumann"),
    "nl": ("de Jong", "Jansen", "de Vries", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "Bos", "Vos"),
    "fr": ("Martin", "Bernard", "Dubois", "Moreau", "Laurent", "Simon", "Michel", "Garcia", "Roux", "Fournier"),
    "en": ("Smith", "Jones", "Taylor", "Brown", "Wilson", "Evans", "Walker", "Clark", "Hall", "Young"),
}
_LANGUAGE = {"DE": "de", "AT": "de", "CH": "de", "NL": "nl", "BE": "nl", "FR": "fr"}


def customer_ids(world: World, codes: npt.ArrayLike) -> pl.Series:
    """Ids of customer codes: the business customer's own, `W0000001` for the first consumer; empty for negative codes."""
    business = world.company.customers
    code = np.asarray(codes, dtype=np.int64)
    consumers = numbered(CONSUMER, code - business.count)
    companies = coded(business.ids, np.where(code < business.count, code, -1))
    return pl.select(pl.coalesce(companies, consumers)).to_series()
