"""Working days by country and the daily exchange rates, for the whole horizon from any start date."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate

import numpy as np

from pipelines.demo.company.company import CURRENCIES, HORIZON_DAYS, Flags, Floats
from pipelines.demo.luck import Luck

CALENDARS = ("CN-2", "CN-1", "CN-W", "CN-S", "ASIA", "JP", "EU", "US")
"""Plants in two shifts, one shift, Chinese warehouses (with Saturdays), Chinese suppliers, other countries."""
TWO_SHIFTS, ONE_SHIFT, WAREHOUSE, CHINESE_SUPPLIER, ASIA, JAPAN, EUROPE, AMERICA = range(len(CALENDARS))
COUNTRY_CALENDAR = {
    "CN": CHINESE_SUPPLIER, "TW": ASIA, "KR": ASIA, "VN": ASIA, "JP": JAPAN, "DE": EUROPE, "NL": EUROPE, "IT": EUROPE,
    "US": AMERICA,
}  # fmt: skip

# Month and day of Chinese New Year, the Dragon Boat and the Mid-Autumn festival; the Moon repeats itself in 19 years.
_FIRST_YEAR = 2020
_FESTIVALS = (
    (125, 625, 1001), (212, 614, 921), (201, 603, 910), (122, 622, 929), (210, 610, 917), (129, 531, 1006),
    (217, 619, 925), (206, 609, 915), (126, 528, 1003), (213, 616, 922), (203, 605, 912), (123, 624, 1001),
    (211, 612, 919), (131, 601, 908), (219, 620, 927), (208, 610, 916), (128, 530, 1004), (215, 618, 924),
    (204, 607, 913),
)  # fmt: skip
LONG_RUN_RATES = (1.0, 7.1, 7.8)


def festival(year: int, which: int) -> date:
    """`which`: 0 Chinese New Year, 1 Dragon Boat, 2 Mid-Autumn. Exact for 2020–2038, within a day or two beyond."""
    code = _FESTIVALS[(year - _FIRST_YEAR) % len(_FESTIVALS)][which]
    return date(year, code // 100, code % 100)


def easter_sunday(year: int) -> date:
    """The anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    month_day = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * month_day) // 451
    month, day = divmod(h + month_day - 7 * m + 114, 31)
    return date(year, month, day + 1)


def working_days(start_date: date) -> Flags:
    """(calendar, day): True on a working day, for HORIZON_DAYS from the start."""
    weekday = (start_date.weekday() + np.arange(HORIZON_DAYS)) % 7
    working = np.tile(weekday < 5, (len(CALENDARS), 1))
    working[WAREHOUSE] = weekday < 6
    working[CHINESE_SUPPLIER] = weekday < 6
    years = range(start_date.year - 1, (start_date + timedelta(HORIZON_DAYS)).year + 1)
    for calendar, holidays in _holidays(years).items():
        days = np.array([(day - start_date).days for day in holidays])
        working[calendar, days[(days >= 0) & (days < HORIZON_DAYS)]] = False
    return working


def _run(first: date, days: int) -> list[date]:
    return [first + timedelta(step) for step in range(days)]


def _fixed(year: int, *codes: int) -> list[date]:
    return [date(year, code // 100, code % 100) for code in codes]


def _holidays(years: range) -> dict[int, list[date]]:
    result: dict[int, list[date]] = {calendar: [] for calendar in range(len(CALENDARS))}
    for year in years:
        new_year, boat, autumn = (festival(year, which) for which in range(3))
        qingming = date(year, 4, 4 if year % 4 in {0, 1} else 5)
        chinese = [
            date(year, 1, 1), *_run(new_year - timedelta(1), 7), qingming, *_run(date(year, 5, 1), 3), boat, autumn,
            *_run(date(year, 10, 1), 7),
        ]  # fmt: skip
        for calendar in (TWO_SHIFTS, ONE_SHIFT, WAREHOUSE):
            result[calendar] += chinese
        result[CHINESE_SUPPLIER] += [*chinese, *_run(new_year - timedelta(4), 14)]
        result[ASIA] += [date(year, 1, 1), *_run(new_year - timedelta(1), 5), *_fixed(year, 430, 501), boat, autumn]
        result[JAPAN] += [
            *_run(date(year, 1, 1), 3), *_fixed(year, 111, 211, 223, 429, 503, 504, 505, 811, 1103, 1123, 1231),
            *_run(date(year, 8, 13), 3),
        ]  # fmt: skip
        easter = easter_sunday(year)
        result[EUROPE] += [
            *(easter + timedelta(offset) for offset in (-2, 1, 39, 50)), *_fixed(year, 101, 501, 1225, 1226),
            *_run(date(year, 12, 27), 4),
        ]  # fmt: skip
        thanksgiving = date(year, 11, 22) + timedelta((3 - date(year, 11, 22).weekday()) % 7)
        labour_day = date(year, 9, 1) + timedelta(-date(year, 9, 1).weekday() % 7)
        result[AMERICA] += [*_fixed(year, 101, 619, 704, 1224, 1225), thanksgiving, labour_day]
    return result


def exchange_rates(luck: Luck) -> Floats:
    """(currency, day): CNY per unit; a daily random walk that is drawn back to its long-run level in about a year."""
    rates = np.ones((len(CURRENCIES), HORIZON_DAYS))
    for currency in range(1, len(CURRENCIES)):
        shocks = luck.normal("exchange rate", currency, np.arange(HORIZON_DAYS)) * (0.0022, 0.0031)[currency - 1]
        walk = accumulate(shocks.tolist(), lambda level, shock: level * 0.996 + shock)
        rates[currency] = np.round(LONG_RUN_RATES[currency] * np.exp(np.array(list(walk))), 4)
    return rates
