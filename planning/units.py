"""What the engines share: the types of their arrays and the scale of their quantities.

Quantities are int64 millionths of the item's base unit, so that sums are exact in any order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Millionths in one base unit.
UNIT = 1_000_000
# "Not given", "none" in an array of codes, row numbers or days that are never negative.
NONE = -1
# Below this share of a millionth a quantity computed in floating point counts as the integer beside it.
TOLERANCE = 1e-6
