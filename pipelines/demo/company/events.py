"""What the market is told and given: campaigns by quarter and promotions by season, through the whole horizon."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from pipelines.demo.company.calendars import festival
from pipelines.demo.company.company import DISTRIBUTION, FLEET, HORIZON_DAYS, ONLINE, Campaigns, Promotions
from pipelines.demo.company.models import CITY, FOLDING, SCOOTERS, TREKKING
from pipelines.demo.company.rounding import rounded
from pipelines.demo.luck import Luck

# Quarter: name, channel, weeks after the quarter begins, weeks long, budget, business leads a day, consumer leads a
# day, quality.
CAMPAIGNS = {
    1: (
        ("Spring trade fair 春季展会", "fair", 9, 1, 190_000.0, 4.0, 1.0, 0.6),
        ("New season search 新季搜索推广", "search", 4, 9, 260_000.0, 0.10, 9.0, 1.0),
    ),
    2: (
        ("6·18 live stream 618直播", "live_stream", 7, 5, 380_000.0, 0.05, 22.0, 0.9),
        ("Spring social media 春季社媒", "social", 1, 8, 210_000.0, 0.08, 9.0, 0.8),
        ("Fleet roadshow 车队路演", "event", 3, 4, 110_000.0, 1.4, 0.0, 0.9),
    ),
    3: (
        ("Europe bike show 欧洲自行车展", "fair", 9, 1, 240_000.0, 4.5, 0.5, 0.6),
        ("Commuter search 通勤搜索推广", "search", 1, 11, 240_000.0, 0.10, 8.0, 1.0),
    ),
    4: (
        ("11·11 live stream 双11直播", "live_stream", 3, 4, 460_000.0, 0.05, 26.0, 0.85),
        ("Dealer e-mail 经销商邮件", "email", 1, 10, 60_000.0, 0.35, 0.5, 1.0),
        ("Winter social media 冬季社媒", "social", 6, 6, 170_000.0, 0.06, 7.0, 0.75),
    ),
}  # fmt: skip


def draw_campaigns(luck: Luck, start_date: date, market: float) -> Campaigns:
    """Every quarter from the one that holds day 0. Budgets are of the company's own market, leads of market 1.0."""
    rows = []
    last = start_date + timedelta(HORIZON_DAYS)
    for year in range(start_date.year, last.year + 1):
        for quarter, drafts in CAMPAIGNS.items():
            for rank, (name, channel, after, weeks, budget, business, consumer, quality) in enumerate(drafts):
                begin = date(year, 3 * quarter - 2, 1) + timedelta(7 * after)
                day = (begin - start_date).days
                if not 0 <= day < HORIZON_DAYS - 7 * weeks:
                    continue
                key = year * 100 + quarter * 10 + rank
                size = float(luck.lognormal(0.2, "campaign size", key)[0])
                fitness = float(luck.lognormal(0.15, "campaign quality", key)[0])
                spent = max(round(budget * size * market, -3), 1000.0)
                rows.append(
                    (
                        f"CMP-{key}", f"{name} {year}", channel, day, day + 7 * weeks - 1, spent, business * size,
                        consumer * size, quality * fitness,
                    )
                )  # fmt: skip
    ids, names, channels, starts, ends, budgets, business_leads, consumer_leads, qualities = zip(*rows, strict=True)
    return Campaigns(
        ids=ids,
        names=names,
        channel=channels,
        start_day=np.array(starts, dtype=np.int32),
        end_day=np.array(ends, dtype=np.int32),
        budget=np.array(budgets, dtype=np.float64),
        business_leads=rounded(business_leads, 3),
        consumer_leads=rounded(consumer_leads, 3),
        quality=rounded(qualities, 3),
    )


def draw_promotions(luck: Luck, start_date: date) -> Promotions:
    """Sales festivals, seasons, holidays and a launch or a price cut now and then."""
    rows: list[tuple[str, str, str, date, date, int, int, float]] = []
    for year in range(start_date.year - 1, (start_date + timedelta(HORIZON_DAYS)).year + 1):
        new_year = festival(year, 0)
        drawn = luck.uniform("promotion", year, np.arange(8)).tolist()
        rows += [
            ("CNY", "Chinese New Year 春节", "holiday", new_year - timedelta(3), new_year + timedelta(9), -1, ONLINE,
             0.55),
            ("SPR", "Spring start 春季开骑", "promotion", date(year, 3, 15), date(year, 4, 12), CITY, DISTRIBUTION,
             1.16 + 0.1 * drawn[0]),
            ("TRK", "Touring weeks 旅行季", "promotion", date(year, 4, 8), date(year, 4, 30), TREKKING, DISTRIBUTION,
             1.12 + 0.1 * drawn[1]),
            ("618", "6·18 festival 618大促", "promotion", date(year, 6, 1), date(year, 6, 20), -1, ONLINE,
             1.7 + 0.5 * drawn[2]),
            ("SCH", "Back to school 开学季", "promotion", date(year, 8, 20), date(year, 9, 8), SCOOTERS, -1,
             1.15 + 0.1 * drawn[3]),
            ("NAT", "National Day 国庆", "holiday", date(year, 10, 1), date(year, 10, 7), -1, ONLINE, 1.25),
            ("1111", "11·11 festival 双11大促", "promotion", date(year, 11, 1), date(year, 11, 12), -1, ONLINE,
             2.0 + 0.6 * drawn[4]),
            ("XMS", "Christmas in Europe 欧洲圣诞", "promotion", date(year, 11, 22), date(year, 12, 18), FOLDING,
             DISTRIBUTION, 1.15 + 0.1 * drawn[5]),
        ]  # fmt: skip
        if drawn[6] < 0.5:
            begin = date(year, 5, 5) + timedelta(int(drawn[7] * 60))
            rows.append(
                (
                    "GOV",
                    "City fleet programme 城市车队计划",
                    "one_off",
                    begin,
                    begin + timedelta(27),
                    SCOOTERS,
                    FLEET,
                    1.35,
                )
            )
        if year % 2:
            cut = date(year, 7, 10)
            rows.append(
                (
                    "CUT",
                    "Scooter price cut 滑板车降价",
                    "price_change",
                    cut,
                    cut + timedelta(27),
                    SCOOTERS,
                    ONLINE,
                    1.25,
                )
            )
        else:
            launch = date(year, 4, 18)
            rows.append(
                ("NEW", "Folding range launch 折叠新品季", "launch", launch, launch + timedelta(28), FOLDING, -1, 1.12)
            )
    kept = sorted(
        (row for row in rows if 0 <= (row[4] - start_date).days < HORIZON_DAYS),
        key=lambda row: (row[3], row[0]),
    )
    codes, names, types, first, last, family, channel, uplift = zip(*kept, strict=True)
    return Promotions(
        ids=tuple(f"EV-{day.year}-{code}" for code, day in zip(codes, first, strict=True)),
        names=tuple(f"{name} {day.year}" for name, day in zip(names, first, strict=True)),
        event_type=types,
        start_day=np.array([(day - start_date).days for day in first], dtype=np.int32),
        end_day=np.array([(day - start_date).days for day in last], dtype=np.int32),
        family=np.array(family, dtype=np.int32),
        channel=np.array(channel, dtype=np.int32),
        uplift=rounded(uplift, 3),
    )
