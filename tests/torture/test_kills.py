"""Of each kind of kill one, at a moment that the seed decides: `make torture` does a hundred."""

import pytest

from torture.kills import KILLS, Kill, Lab, kill_once

QUICK = ("kill -9 of a run's crawl", "kill -9 of a run; its crawl must follow", "kill -9 of the step load")


@pytest.mark.parametrize("kill", [kill for kill in KILLS if kill.name in QUICK], ids=lambda kill: kill.name)
def test_one_run_more_after_a_kill_gives_what_an_undisturbed_run_gives(lab: Lab, kill: Kill) -> None:
    assert list(kill_once(lab, kill, seed=1, number=0)) == []
