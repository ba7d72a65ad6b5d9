"""A few of the site's faults, through the code of `make torture PART=site`, which tries them all."""

from dataclasses import replace

from torture.faults import faults, hostile
from torture.kills import Lab
from torture.site import try_faults

QUICK = {
    "5xx bursts: two in a row": 0.05,
    "resets in the middle of a body, once": 0.1,
    "wrong charset": 0.7,
    "HTML cut at any byte": 0.3,
    "a challenge page after twenty stories": 1,
}
"""Which, and the share of requests that is struck: smaller where each makes the crawl wait."""


def test_a_site_that_misbehaves_loses_no_story_that_could_be_had(lab: Lab) -> None:
    with hostile(seed=1) as site:
        wanted = [replace(fault, share=QUICK[fault.name]) for fault in faults(site.trap) if fault.name in QUICK]
        tried = list(try_faults(lab.server, site, lab.folder, wanted))
    assert {each.fault.name: each.wrong for each in tried} == {name: [] for name in QUICK}
    assert all(0 < each.had <= each.stored for each in tried), "a fault after which nothing can be had proves little"
