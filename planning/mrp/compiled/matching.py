"""Pegging, compiled: two sorted lists are walked side by side; and rows by key in one pass."""

from __future__ import annotations

from planning.mrp.codes import Integers
from planning.mrp.compiled.declaration import INTEGER, INTEGERS, OUT, compiled, room, whole


@compiled(INTEGERS, INTEGERS, INTEGERS, INTEGERS, OUT, OUT, OUT)
def _matched(key, quantity, other_key, other_quantity, one, other, shared):  # type: ignore[no-untyped-def]
    pieces = 0
    at = 0
    there = 0
    if key.size == 0 or other_key.size == 0:
        return 0
    left = quantity[0]
    there_left = other_quantity[0]
    while True:
        if key[at] == other_key[there]:
            amount = min(left, there_left)
            one[pieces] = at
            other[pieces] = there
            shared[pieces] = amount
            pieces += 1
            left -= amount
            there_left -= amount
            moves = left == 0
            other_moves = there_left == 0
        else:
            moves = key[at] < other_key[there]
            other_moves = not moves
        if moves:
            at += 1
            if at == key.size:
                break
            left = quantity[at]
        if other_moves:
            there += 1
            if there == other_key.size:
                break
            there_left = other_quantity[there]
    return pieces


def matched(
    key: Integers, quantity: Integers, other_key: Integers, other_quantity: Integers
) -> tuple[Integers, Integers, Integers]:
    """As `matching.matched`, for quantities that fit."""
    out = tuple(room(key.size + other_key.size) for _ in range(3))
    pieces = _matched(whole(key), whole(quantity), whole(other_key), whole(other_quantity), *out)
    one, other, shared = (column[:pieces] for column in out)
    return one, other, shared


@compiled(INTEGERS, INTEGER, OUT, OUT)
def _csr(keys, count, order, first):  # type: ignore[no-untyped-def]
    for at in range(count + 1):
        first[at] = 0
    for row in range(keys.size):
        first[keys[row] + 1] += 1
    for at in range(count):
        first[at + 1] += first[at]
    for row in range(keys.size):
        order[first[keys[row]]] = row
        first[keys[row]] += 1
    for at in range(count, 0, -1):
        first[at] = first[at - 1]
    first[0] = 0


def csr(keys: Integers, count: int) -> tuple[Integers, Integers]:
    """As `segments.csr`."""
    order, first = room(keys.size), room(count + 1)
    _csr(whole(keys), count, order, first)
    return order, first
