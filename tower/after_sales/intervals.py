"""95 % intervals of what few answers say, by formula: the same answers give the same interval."""

from __future__ import annotations

from math import sqrt

# The normal quantile at 97.5 %.
Z = 1.959963984540054
# Rocks adds three answers: half of them passive, a quarter promoters, a quarter detractors.
_ADDED = 3.0


def share_interval(part: float, whole: float) -> tuple[float, float] | None:
    """The interval of the share part ÷ whole, 0 to 1; None without answers.

    Wilson 1927, Journal of the American Statistical Association 22 (score interval).
    """
    if whole <= 0:
        return None
    share, spread = part / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def net_promoter_interval(promoters: float, detractors: float, answers: float) -> tuple[float, float] | None:
    """The interval of (promoters − detractors) ÷ answers, −1 to 1; None without answers.

    Rocks 2016, The American Statistician 70: adjusted Wald, which holds its 95 % with few answers, too.
    """
    if answers <= 0:
        return None
    whole = answers + _ADDED
    up, down = (promoters + _ADDED / 4) / whole, (detractors + _ADDED / 4) / whole
    net = up - down
    half = Z * sqrt(max(up + down - net * net, 0.0) / whole)
    return max(net - half, -1.0), min(net + half, 1.0)
