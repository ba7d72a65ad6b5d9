"""Two trials of the machine that take a few seconds and need nothing that a machine may lack."""

import random

import pytest

from torture.kills import Lab
from torture.machine import TRIALS

QUICK = ("the same edition five times at once", "the clock a year ahead, then put right")


@pytest.mark.parametrize("name", QUICK)
def test_whatever_the_machine_did_the_tables_are_those_of_an_undisturbed_run(lab: Lab, name: str) -> None:
    _, trial = TRIALS[name]
    assert list(trial(lab, random.Random(1))) == []  # noqa: S311 - nobody's secret hangs on it
