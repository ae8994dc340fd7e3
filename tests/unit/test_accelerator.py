"""The compiled loops against NumPy: the same plans, bit by bit; and when they are loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planning import accelerator
from planning.errors import PlanningError
from planning.mrp import Baseline, Journal, PlanningProblem, plan, segments
from planning.mrp.codes import UNIT
from planning.mrp.pegging import Pegging
from planning.mrp.segments import csr, first_above, running_max
from tests.benchmarks.bench_mrp import random_instance
from tests.golden.planning.random_plants import random_plant
from tests.golden.planning.world import world_of
from tests.unit.test_mrp_golden import BEHAVIOURS, FOLDER, read_world

needs_numba = pytest.mark.skipif(not accelerator.is_installed(), reason="numba is not installed")


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = accelerator.chosen()
    yield
    accelerator.use(before)


def assert_same(one: Any, other: Any, path: str = "") -> None:
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, path
        assert np.array_equal(one, other), path
    elif is_dataclass(one):
        for column in fields(one):
            assert_same(getattr(one, column.name), getattr(other, column.name), f"{path}.{column.name}")
    else:
        assert one == other, path


def both_ways(problem: PlanningProblem) -> None:
    accelerator.use("numpy")
    expected = Pegging.of(plan(problem))
    accelerator.use("numba")
    assert_same(expected, Pegging.of(plan(problem)))


@needs_numba
@pytest.mark.parametrize("seed", range(24))
def test_random_plants_are_planned_to_the_same_bits(seed: int) -> None:
    both_ways(world_of(random_plant(seed, 50, 80, fences=seed % 2 == 0, calendars=seed % 3 == 0)).problem)


@needs_numba
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_every_behaviour_is_planned_to_the_same_bits(behaviour: str) -> None:
    both_ways(read_world(FOLDER / behaviour).problem)


@needs_numba
def test_a_larger_plant_and_a_change_of_it_come_out_to_the_same_bits() -> None:
    problem = random_instance(2_000)
    both_ways(problem)
    journal = Journal().replaced("demands", np.arange(50), quantity=7 * UNIT).added("stock", 1, node=3, quantity=UNIT)
    found = []
    for name in ("numpy", "numba"):
        accelerator.use(name)
        found.append(Baseline.of(plan(problem)).changed(journal))
    assert_same(found[0].added, found[1].added)
    assert_same(found[0].plan, found[1].plan)


@needs_numba
def test_single_loops_agree_where_nothing_or_much_lies() -> None:
    random = np.random.default_rng(3)
    first = np.array([0, 0, 4, 4, 9, 9])
    for values in (random.integers(-5, 5, 9), random.integers(-(2**61), 2**61, 9)):
        found = []
        for name in ("numpy", "numba"):
            accelerator.use(name)
            low, high = np.array([0, 4, 4, 9]), np.array([4, 9, 4, 9])
            rising = np.sort(values)
            found.append(
                (
                    running_max(values, first),
                    first_above(rising, low, high, np.array([0, 1, 2, 3])),
                    *csr(np.abs(values) % 4, 5),
                )
            )
        for one, other in zip(*found, strict=True):
            assert np.array_equal(one, other)


def test_an_unknown_accelerator_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PlanningError, match="auto, numpy, numba"):
        accelerator.use("cuda")


def test_numba_that_is_not_installed_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accelerator, "is_installed", lambda: False)
    with pytest.raises(PlanningError, match='extra "fast"'):
        accelerator.use("numba")
    accelerator.use("auto")
    assert not accelerator.warm()


def test_a_small_plan_loads_no_compiler() -> None:
    code = (
        "import sys\n"
        "from planning.mrp import plan\n"
        "from tests.golden.planning.random_plants import random_plant\n"
        "from tests.golden.planning.world import world_of\n"
        "plan(world_of(random_plant(1)).problem)\n"
        "print('numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@needs_numba
def test_what_was_compiled_is_kept_in_the_folder_named_and_nowhere_else(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from planning import accelerator\n"
        "accelerator.use('numba', pathlib.Path(sys.argv[1]))\n"
        "assert accelerator.warm()\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert list(tmp_path.rglob("*.nbi"))
    assert list(Path(segments.__file__).parent.rglob("*.nbi")) == []
