"""Numbers as people write them down: so many decimals, or a round figure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import Codes, Floats


def rounded(values: npt.ArrayLike, decimals: int) -> Floats:
    """To so many decimals."""
    return np.asarray(np.round(np.asarray(values, dtype=np.float64), decimals), dtype=np.float64)


def round_up_nicely(quantity: Floats, decimals: Codes) -> Floats:
    """Up to two leading digits, and to whole pieces: numbers as they stand in contracts."""
    quantity = np.maximum(quantity, np.where(decimals > 0, 0.1, 1.0))
    step = 10.0 ** np.floor(np.log10(quantity) - 0.3)
    nice = rounded(np.ceil(quantity / step - 1e-9) * step, 3)
    return np.where(decimals > 0, nice, np.maximum(np.ceil(nice), 1.0))


def whole_up(values: Floats, decimals: Codes) -> Floats:
    """Up to whole pieces; what is weighed or measured to one decimal."""
    return np.where(decimals > 0, rounded(values, 1), np.ceil(values - 1e-9))
