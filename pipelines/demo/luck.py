"""Luck by key: the same question has the same answer, whatever else was asked before.

A stream of random numbers would let one order more today change everyone's luck tomorrow. Here a draw is a hash of the
seed, the name of what is drawn and the keys of whom it concerns (a customer, an item, a day), so that two runs which
differ in a policy or an incident share their luck, and a run to an earlier day is the beginning of a longer one. Keys
are entities and days, never running document numbers: those shift as soon as anything differs.
"""

from __future__ import annotations

import zlib
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Keys: TypeAlias = npt.ArrayLike

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_BITS_30, _BITS_27, _BITS_31, _BITS_11 = (np.uint64(bits) for bits in (30, 27, 31, 11))


def _mixed(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    state = state + _GOLDEN
    state = (state ^ (state >> _BITS_30)) * _FIRST
    state = (state ^ (state >> _BITS_27)) * _SECOND
    return state ^ (state >> _BITS_31)


class Luck:
    """Draws for one seed. Every method takes the name of the draw and broadcastable integer keys."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, npt.NDArray[np.uint64]] = {}

    def bits(self, stream: str, *keys: Keys) -> npt.NDArray[np.uint64]:
        """64 random bits for each key, of the shape that the keys broadcast to (at least one dimension)."""
        with np.errstate(over="ignore"):
            state = self._streams.get(stream)
            if state is None:
                words = np.array([self.seed & 0xFFFFFFFFFFFFFFFF, zlib.crc32(stream.encode())], dtype=np.uint64)
                state = _mixed(_mixed(words[:1]) ^ words[1:])
                self._streams[stream] = state
            for key in keys:
                state = _mixed(state ^ np.asarray(key, dtype=np.int64).view(np.uint64))
        return state

    def uniform(self, stream: str, *keys: Keys) -> Floats:
        """Uniform in the open interval (0, 1)."""
        return ((self.bits(stream, *keys) >> _BITS_11).astype(np.float64) + 0.5) * 2.0**-53

    def chance(self, probability: npt.ArrayLike, stream: str, *keys: Keys) -> npt.NDArray[np.bool_]:
        """True with the given probability."""
        happens: npt.NDArray[np.bool_] = self.uniform(stream, *keys) < np.asarray(probability, dtype=np.float64)
        return happens

    def normal(self, stream: str, *keys: Keys) -> Floats:
        """Standard normal."""
        drawn: Floats = ndtri(self.uniform(stream, *keys))
        return drawn

    def lognormal(self, sigma: npt.ArrayLike, stream: str, *keys: Keys) -> Floats:
        """Lognormal with mean 1 and the given sigma of its logarithm."""
        spread = np.asarray(sigma, dtype=np.float64)
        return np.exp(spread * self.normal(stream, *keys) - spread**2 / 2)

    def exponential(self, mean: npt.ArrayLike, stream: str, *keys: Keys) -> Floats:
        """Exponential with the given mean."""
        return -np.asarray(mean, dtype=np.float64) * np.log(self.uniform(stream, *keys))

    def integers(self, count: npt.ArrayLike, stream: str, *keys: Keys) -> Integers:
        """Whole numbers from 0 to count − 1."""
        drawn: Integers = np.floor(self.uniform(stream, *keys) * np.asarray(count)).astype(np.int64)
        return drawn

    def poisson(self, mean: npt.ArrayLike, stream: str, *keys: Keys) -> Integers:
        """Poisson with the given mean, by inversion; above a mean of 60 by its normal approximation."""
        uniform = self.uniform(stream, *keys)
        means = np.broadcast_to(np.asarray(mean, dtype=np.float64), np.broadcast_shapes(uniform.shape, np.shape(mean)))
        uniform = np.broadcast_to(uniform, means.shape)
        result = np.zeros(means.shape, dtype=np.int64)
        large = means > 60
        if large.any():
            approximate = means[large] + np.sqrt(means[large]) * ndtri(uniform[large])
            result[large] = np.maximum(np.rint(approximate), 0).astype(np.int64)
        small = np.flatnonzero(~large)
        if small.size:
            result[small] = _inverted_poisson(means[small], uniform[small])
        return result

    def choice(self, cumulative: Floats, stream: str, *keys: Keys) -> Integers:
        """Index into a rising array of cumulative weights (need not end at 1)."""
        drawn = self.uniform(stream, *keys) * cumulative[-1]
        position: Integers = np.searchsorted(cumulative, drawn, side="right").astype(np.int64)
        return position


def _inverted_poisson(means: Floats, uniform: Floats) -> Integers:
    counts = np.zeros(means.shape, dtype=np.int64)
    probability = np.exp(-means)
    rest = uniform - probability
    waiting = np.flatnonzero(rest > 0)
    step = 0
    while waiting.size and step < 200:
        step += 1
        probability[waiting] *= means[waiting] / step
        counts[waiting] = step
        rest[waiting] -= probability[waiting]
        waiting = waiting[rest[waiting] > 0]
    return counts
