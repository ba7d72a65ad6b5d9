"""`kill -9` at random moments: of a whole run, of a part of it, of each step."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]
import pytest

from tests.torture.installation import Installation, wait
from tests.torture.steps import Lab, kill, orphans, with_children
from tests.torture.trials import parameters

Victims = Callable[[psutil.Process], list[psutil.Process]]


def itself(process: psutil.Process) -> list[psutil.Process]:
    return [process]


def its_crawl(process: psutil.Process) -> list[psutil.Process]:
    return list(process.children(recursive=True))


@dataclass(frozen=True)
class Kill:
    """What is killed, and how often."""

    name: str
    step: str
    victims: Victims
    times: int
    quick: bool = False


KILLS = [
    Kill("kill -9 of a run and all its processes", "run", with_children, 20),
    Kill("kill -9 of a run; its crawl must end", "run", itself, 15),
    Kill("kill -9 of a run's crawl", "run", its_crawl, 15),
    Kill("kill -9 of the scrape step and its crawl", "scrape", with_children, 5),
    Kill("kill -9 of the scrape step; its crawl must end", "scrape", itself, 5),
    Kill("kill -9 of the clean step", "clean", itself, 20),
    Kill("kill -9 of the load step", "load", itself, 25, quick=True),
]


@pytest.mark.parametrize("trial", parameters(KILLS))
def test_one_more_run_gives_the_tables_of_an_undisturbed_run(
    lab: Lab, trial: Kill, rng: random.Random, record_property: Callable[[str, object], None]
) -> None:
    undisturbed = lab.undisturbed(trial.step)
    record_property("seen", f"within {undisturbed.seconds:.1f} s; {len(undisturbed.stories)} stories after each")
    errors = list(kill_once(lab, trial, rng))
    assert not errors, "; ".join(errors)


def kill_once(lab: Lab, trial: Kill, rng: random.Random) -> Iterator[str]:
    """Kills once at a random moment, then runs once more. Yields what went wrong."""
    undisturbed = lab.undisturbed(trial.step)
    installation = lab.installation(trial.step)
    while not start_and_kill(lab, trial, installation, rng.uniform(0.05, 1) * undisturbed.seconds):
        installation.remove()
        installation = lab.installation(trial.step)
    yield from orphans(installation)
    stored = len(installation.stories())
    if trial.step == "load" and stored not in (0, len(undisturbed.stories)):
        yield f"half a batch is loaded: {stored} stories"
    yield from lab.recovers(trial.step, installation)


def start_and_kill(lab: Lab, trial: Kill, installation: Installation, delay: float) -> bool:
    """Starts the step and kills it after this many seconds. False if it had ended by then."""
    process = installation.start(*lab.command(trial.step, installation))
    time.sleep(delay)
    victims = trial.victims(psutil.Process(process.pid))
    kill(victims)
    wait(process, timeout=60)
    return bool(victims)
