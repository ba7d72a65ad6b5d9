"""Turns the trials into tests: each as often as it says, under the marker `torture`."""

import os
from collections.abc import Iterable
from typing import Any, Protocol

import pytest

SEED = int(os.environ.get("SEED", "1"))
"""The same seed makes the same choices: which requests fail, when a process is killed. `make torture SEED=2`."""


class Trial(Protocol):
    """What can be tried."""

    @property
    def name(self) -> str:
        """The trial's row in docs/reliability.md."""

    @property
    def times(self) -> int: ...

    @property
    def quick(self) -> bool:
        """Whether `make test` runs it once, too."""


def parameters(trials: Iterable[Trial]) -> list[Any]:
    """Test parameters: each trial as often as it says, marked `torture`, and the quick ones once without the mark."""
    trials = list(trials)
    quick = [pytest.param(trial, id=f"{trial.name}, quick") for trial in trials if trial.quick]
    return quick + [
        pytest.param(trial, id=f"{trial.name}, {number + 1}", marks=pytest.mark.torture(trial.name))
        for trial in trials
        for number in range(trial.times)
    ]
