"""Which facts move one prediction away from the average: Shapley values by sampled orders of the facts.

Starting from a usual look, the facts of the look in question are put in one after another; what the prediction moves by
belongs to the fact. The mean over many orders and usual looks is the fact's share, and the shares add up to the
prediction less the average. Facts that say the same share what they explain. A share says what the model uses, not what
would happen if the fact were changed.

Source: Štrumbelj and Kononenko 2014, Knowledge and Information Systems 41; each order is also taken backwards
(Mitchell, Cooper, Frank and Holmes 2022, JMLR 23).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecasting.panel import Floats, Integers

# Looks that are explained at once, so that memory stays small.
AT_ONCE = 256


def shares_of_facts(
    predict: Callable[[Floats], Floats], rows: Floats, usual: Floats, seed: int, orders: int = 16
) -> tuple[Floats, float]:
    """Shares (rows, columns) and the average prediction they start from.

    `predict` maps (n, columns) to (n,); `usual` (looks, columns) is drawn from with the seed, one look per order, the
    same ones for every row, so that the order of rows changes nothing.
    """
    count, columns = rows.shape
    if count == 0 or columns == 0 or usual.shape[0] == 0:
        return np.zeros((count, columns)), float("nan")
    draw = np.random.default_rng(seed)
    drawn = usual[draw.integers(0, usual.shape[0], size=orders)]
    forward = np.stack([draw.permutation(columns) for _ in range(orders)])
    start = np.concatenate([drawn, drawn])
    order = np.concatenate([forward, forward[:, ::-1]])
    found = [_shares(predict, rows[first : first + AT_ONCE], start, order) for first in range(0, count, AT_ONCE)]
    return np.concatenate(found), float(predict(start).mean())


def _shares(predict: Callable[[Floats], Floats], rows: Floats, start: Floats, order: Integers) -> Floats:
    count, columns = rows.shape
    orders = order.shape[0]
    # place[o, c] is when column c is put in; state s has the columns with place < s.
    place = np.argsort(order, axis=1)
    put_in = place[:, None, :] < np.arange(columns + 1)[None, :, None]
    states = np.where(put_in[None], rows[:, None, None, :], start[None, :, None, :])
    values = predict(states.reshape(-1, columns)).reshape(count, orders, columns + 1)
    moved = np.diff(values, axis=2)
    return np.asarray(np.take_along_axis(moved, np.broadcast_to(place, moved.shape), axis=2).mean(axis=1))
