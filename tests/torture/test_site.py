"""The site misbehaves: one run for each fault, then one more on the healthy site."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from akhbar.local.postgres import Server
from tests.torture.compare import bookkeeping_errors, is_page_of, lost_stories, obtainable, story_differences
from tests.torture.faults import BLOCKED, FAULTS, UNREACHABLE, Fault, HostileSite, hostile_site
from tests.torture.installation import Bookkeeping, Installation, Result, Stored
from tests.torture.trials import parameters

MAX_MEMORY = 400
"""MiB that the largest process of a run may use. On a healthy site it uses about 130."""
QUICK = {
    "connection reset mid-body, once": 0.1,
    "wrong charset": 0.7,
    "truncated HTML": 0.3,
    "a challenge page after twenty stories": 1,
}
"""The faults that `make test` tries, with the share of affected requests: smaller where each makes the crawl wait."""


@dataclass(frozen=True)
class Healthy:
    """What a run on the healthy site stores."""

    stories: list[Stored]
    named_on: dict[str, set[str]]
    """The paths of the pages that name each story."""


@dataclass(frozen=True)
class Outcome:
    """The result of a run against a fault, and what was wrong with it or with the run after it."""

    result: Result
    affected: int
    stored: int
    obtainable: int
    expected: int
    errors: list[str]


@dataclass
class Lab:
    """Where faults are tried."""

    server: Server
    folder: Path
    site: HostileSite
    known: dict[bool, Healthy] = field(default_factory=dict)

    def run(self, installation: Installation, fault: Fault) -> Result:
        which = ["--latest"] if fault.latest else ["--edition", "2016-01-22"]
        return installation.akhbar("run", "dawn", *which, timeout=fault.timeout)

    def healthy(self, fault: Fault) -> Healthy:
        """Run once for the edition and once for the latest stories."""
        if fault.latest not in self.known:
            self.site.plan(None)
            installation = Installation.fresh(self.server, self.folder, self.site.url)
            self.run(installation, fault)
            stories = installation.stories()
            self.known[fault.latest] = Healthy(stories, self._named_on(stories))
            installation.remove()
        return self.known[fault.latest]

    def _named_on(self, stories: list[Stored]) -> dict[str, set[str]]:
        bodies = {path: self.site.replica.answer(path).body.decode(errors="replace") for path in self.site.requested}
        pages = {number: f"/news/{number}" for number, *_ in stories}
        return {
            number: {path for path, body in bodies.items() if page in body and page not in path}
            for number, page in pages.items()
        }

    def try_fault(self, fault: Fault) -> Outcome:
        """Runs against the fault and then against the healthy site."""
        healthy = self.healthy(fault)
        fields = _without_hash if fault.latest else list
        expected = fields(healthy.stories)
        installation = Installation.fresh(self.server, self.folder, self.site.url, AKHBAR_TIMEOUT="3")
        self.site.plan(fault)
        first = self.run(installation, fault)
        requested, affected, stored = Counter(self.site.requested), self.site.affected, installation.stories()
        found = expected if fault.harmless else obtainable(expected, healthy.named_on, affected)
        if re.search(f"{BLOCKED}|{UNREACHABLE}", first.output):  # the crawl stopped: the rest is left for the next run
            found = [story for story in found if any(is_page_of(story, path) for path in requested)]
        errors = list(_broken_promises(fault, first, installation, affected))
        listings_read = fault.harmless or all(path.startswith("/news/") for path in affected)
        errors += lost_stories(found, fields(stored), listings_read)
        self.site.plan(None)
        installation.let_a_day_pass()
        second = self.run(installation, fault)
        if second.status != 0:
            errors.append(f"the run on the healthy site exited with {second.status}: {second.last_line}")
        errors += story_differences(fields(installation.stories()), expected)
        errors += _bookkeeping_errors(installation.bookkeeping(), affected, requested + Counter(self.site.requested))
        if self.site.trapped:
            errors.append(f"requested another host: {self.site.trapped.pop()}")
        installation.remove()
        return Outcome(first, len(affected), len(stored), len(found), len(expected), errors)


def _without_hash(stories: list[Stored]) -> list[Stored]:
    """Stories without their content hash: a story that no feed gave is read from its page, which says more."""
    return [story[:-1] for story in stories]


def _broken_promises(fault: Fault, result: Result, installation: Installation, affected: set[str]) -> Iterator[str]:
    if result.status not in ((0,) if fault.harmless else (0, 1)):
        yield f"exited with {result.status} after {result.seconds:.0f} s: {result.last_line}"
    if result.peak > MAX_MEMORY:
        yield f"used {result.peak:.0f} MiB"
    if not re.search(fault.message, result.output):
        yield f"did not report {fault.message!r}: {result.last_line}"
    if "Traceback" in result.output:
        yield f"showed a traceback: {result.last_line}"
    if not affected:
        yield "no request was affected"
    yield from installation.leftovers()
    numbers = [story[0] for story in installation.stories()]
    if len(numbers) != len(set(numbers)):
        yield "a story is stored twice"


def _bookkeeping_errors(found: Bookkeeping, affected: set[str], requested: Counter[str]) -> Iterator[str]:
    """What is wrong in the other tables, apart from the affected pages: they are requested again and rejected.

    An undisturbed run rejects none of the replica's stories.
    """
    ids = {path.split("/")[2] for path in affected if path.startswith("/news/")}
    rejects = Counter({(story, why): times for (story, why), times in found.rejects.items() if story not in ids})
    healthy = Counter({path: times for path, times in requested.items() if path not in {"/robots.txt", *affected}})
    yield from bookkeeping_errors(Bookkeeping(rejects, found.pages, found.revisions), [], healthy)


@pytest.fixture(scope="module")
def lab(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with hostile_site() as site:
        yield Lab(postgres, tmp_path_factory.mktemp("site"), site)


@pytest.mark.parametrize("fault", parameters(FAULTS))
def test_every_obtainable_story_is_stored_once(
    lab: Lab, fault: Fault, record_property: Callable[[str, object], None]
) -> None:
    outcome = lab.try_fault(fault)
    stored = f"stored {outcome.stored} of {outcome.expected} stories, {outcome.obtainable} obtainable in full"
    record_property("seen", f"paths affected: {outcome.affected}; {stored}; {outcome.result.peak:.0f} MiB")
    assert not outcome.errors, "; ".join(outcome.errors)


@pytest.mark.parametrize("name", QUICK)
def test_a_few_faults_in_a_smaller_share_of_requests(lab: Lab, name: str) -> None:
    fault = next(fault for fault in FAULTS if fault.name == name)
    outcome = lab.try_fault(replace(fault, share=QUICK[name]))
    assert not outcome.errors, "; ".join(outcome.errors)
    assert 0 < outcome.obtainable <= outcome.stored, "a fault that leaves nothing obtainable proves little"
