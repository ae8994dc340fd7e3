"""What maximum likelihood leaves behind: how sure the parameters are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_STEP = 1e-4


def standard_errors(slope: Callable[[Floats], Floats], at: Floats, observations: int) -> Floats:
    """Standard errors of the parameters at a minimum, from the observed information.

    `slope` gives the derivatives of the mean negative log likelihood; its own derivatives are taken by central
    differences. NaN where the curve is flat or bends the wrong way, as it does at a bound.
    """
    steps = np.eye(len(at)) * _STEP
    bends = np.stack([(slope(at + step) - slope(at - step)) / (2 * _STEP) for step in steps])
    information = (bends + bends.T) / 2 * observations
    try:
        variances = np.diag(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return np.full(len(at), np.nan)
    return np.sqrt(np.where(variances > 0, variances, np.nan))
