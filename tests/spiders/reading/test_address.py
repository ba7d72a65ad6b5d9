"""The address of a page, according to the page itself."""

from dataclasses import replace

import pytest

from akhbar.newspaper import Newspaper
from spiders.reading.address import own_address
from spiders.reading.html import parse
from tests.second_newspaper import GAZETTE
from tests.spiders.markup import ld_json, meta, unknown_layout

OWN = "https://www.gazette.example/ferries"
AGENCY = "https://agency.example/wire/ferries"
OWN_LINKS = (
    "<a href='https://gazette.example/goats'>Goats</a><link rel='alternate' href='https://m.gazette.example/rss'>"
)


def address(head: str, paper: Newspaper | None = None, body: str = "") -> str | None:
    page = unknown_layout("Ferries return").replace("<head>", f"<head>{head}").replace("<main>", f"{body}<main>")
    return own_address(parse(page.encode(), None), paper)


def canonical(url: str) -> str:
    return f"<link rel='canonical' href='{url}'>"


@pytest.mark.parametrize(
    "head",
    [
        canonical(OWN) + meta("og:url", "https://www.gazette.example/other"),
        meta("og:url", f" {OWN} "),
        ld_json(headline="Ferries return", url=OWN),
        ld_json(headline="Ferries return", mainEntityOfPage={"@type": "WebPage", "@id": OWN}),
        ld_json(headline="Ferries return", mainEntityOfPage=OWN),
        canonical("javascript:void(0)") + canonical("https://[") + meta("og:url", OWN),
    ],
)
def test_it_is_the_first_url_that_the_page_gives_as_its_own(head: str) -> None:
    assert address(head) == OWN


@pytest.mark.parametrize(
    "head",
    [
        canonical("/ferries") + meta("og:url", "https://www.gazette.example/"),
        "<base href='https://www.gazette.example/news/'>" + canonical("../ferries"),
        "<base href='/news/'>" + canonical("/ferries") + meta("og:url", OWN),
    ],
)
def test_a_relative_url_belongs_to_the_host_that_the_page_names(head: str) -> None:
    assert address(head) == OWN


def test_a_relative_url_belongs_to_the_newspaper_if_it_is_known() -> None:
    assert address(canonical("/ferries"), GAZETTE) == OWN
    assert address(canonical("/ferries")) is None, "nothing tells the host"


def test_a_page_without_urls_has_none() -> None:
    assert address("") is None
    assert address("", GAZETTE) is None


def test_an_agencys_copy_is_at_the_host_that_its_links_lead_to() -> None:
    named = canonical(AGENCY) + meta("og:url", OWN)
    assert address(named, body=OWN_LINKS) == OWN
    assert address(named, body="<a href='https://gazette.example/goats'>Goats</a>") == OWN, "one link is enough"
    assert address(named, body=OWN_LINKS.replace("gazette", "agency")) == AGENCY
    assert address(named) == AGENCY, "without links, the canonical URL counts"


def test_a_url_on_another_host_is_not_a_known_newspapers() -> None:
    assert address(canonical(AGENCY) + meta("og:url", OWN), GAZETTE) == OWN
    assert address(canonical(AGENCY), GAZETTE) is None
    assert address(canonical(AGENCY), replace(GAZETTE, home_page="https://agency.example")) == AGENCY


@pytest.mark.parametrize("prefix", ["", "www2.", "ww2.", "m.", "amp."])
def test_other_forms_of_the_newspapers_host_are_its_own(prefix: str) -> None:
    url = f"https://{prefix}gazette.example/ferries"
    assert address(canonical(AGENCY) + meta("og:url", url), GAZETTE) == url


def test_an_amp_page_is_at_its_canonical_url() -> None:
    page = (
        f"<!doctype html><html ⚡><head>{canonical(OWN)}<script async src='https://cdn.ampproject.org/v0.js'></script>"
        f"{ld_json(headline='Ferries return', mainEntityOfPage='https://amp.gazette.example/ferries')}"
        "<link rel='preload' href='https://cdn.ampproject.org/v0.js'></head><body><h1>Ferries return</h1></body></html>"
    )
    assert own_address(parse(page.encode(), None), None) == OWN
