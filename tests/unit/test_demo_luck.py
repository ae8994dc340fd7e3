"""Luck by key: the same answer to the same question, whatever else was asked."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.demo.luck import Luck


def test_a_draw_depends_on_its_keys_alone() -> None:
    alone = Luck(7).uniform("demand", np.array([3]), 12)
    luck = Luck(7)
    luck.uniform("other", np.arange(1000), 5)
    among_others = luck.uniform("demand", np.arange(10), 12)
    assert among_others[3] == alone[0]


def test_seed_name_and_every_key_matter() -> None:
    draws = {
        float(Luck(seed).uniform(name, first, second)[0])
        for seed in (7, 8)
        for name in ("a", "b")
        for first in (0, 1)
        for second in (-1, 0)
    }
    assert len(draws) == 16


@pytest.mark.parametrize("mean", [0.02, 0.7, 5.0, 40.0, 200.0])
def test_poisson_has_its_mean_and_variance(mean: float) -> None:
    drawn = Luck(1).poisson(mean, "count", np.arange(200_000))
    assert drawn.mean() == pytest.approx(mean, rel=0.02)
    assert drawn.var() == pytest.approx(mean, rel=0.03)


def test_uniform_is_uniform_in_every_eighth() -> None:
    drawn = Luck(3).uniform("u", np.arange(80_000))
    counts = np.bincount((drawn * 8).astype(np.int64), minlength=8)
    assert abs(counts - 10_000).max() < 400
    assert drawn.min() > 0
    assert drawn.max() < 1


def test_lognormal_has_mean_one_and_normal_has_none() -> None:
    keys = np.arange(100_000)
    assert Luck(5).lognormal(0.5, "l", keys).mean() == pytest.approx(1.0, abs=0.01)
    assert Luck(5).normal("n", keys).mean() == pytest.approx(0.0, abs=0.01)
    assert Luck(5).exponential(9.0, "e", keys).mean() == pytest.approx(9.0, rel=0.02)


def test_choice_follows_the_weights() -> None:
    drawn = Luck(2).choice(np.cumsum([1.0, 0.0, 3.0]), "c", np.arange(40_000))
    shares = np.bincount(drawn, minlength=3) / 40_000
    assert shares == pytest.approx([0.25, 0.0, 0.75], abs=0.01)
