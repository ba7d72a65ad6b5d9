"""Fetching single pages: robots.txt, delays, redirects, and what is reported instead of a page."""

from collections.abc import Callable, Iterator
from itertools import count
from types import SimpleNamespace

import pytest

from akhbar import fetch
from akhbar.fetch import Fetcher, FetchError, check_contact
from akhbar.settings import InvalidSettingError, MissingSettingError
from tests.replica import Answer, Replica, html, plain

STORY = "<html><head><title>Ferries return</title></head><body><h1>Ferries return</h1></body></html>"


@pytest.fixture
def fetcher(site: Replica) -> Iterator[Fetcher]:
    site.faults["/ferries"] = lambda: html(STORY)
    with Fetcher() as fetcher:
        yield fetcher


def test_a_page_is_fetched_with_its_content_type_and_the_contact_address(
    site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AKHBAR_CONTACT", "desk@gazette.example")
    site.faults["/ferries"] = lambda: html(STORY)
    with Fetcher() as fetcher:
        found = fetcher.page(f"{site.url}/ferries")
    assert (found.content.decode(), found.content_type) == (STORY, "text/html; charset=UTF-8")
    assert site.paths == ["/robots.txt", "/ferries"]
    assert {headers["User-Agent"] for _, _, headers, _ in site.requests} == {
        "akhbar/0.1 (newspaper archive; desk@gazette.example)"
    }


@pytest.mark.parametrize(
    ("robots", "why"),
    [
        (plain("User-agent: *\nDisallow: /ferries"), r"forbidden by http://127.0.0.1:\d+/robots.txt$"),
        (plain("User-agent: akhbar\nDisallow: /\n\nUser-agent: *\nAllow: /"), "forbidden by"),
        (Answer(503, b""), "which answered 503 and so forbids everything"),
        (Answer(429, b""), "which answered 429 and so forbids everything"),
        (
            Answer(301, b"", {"Location": "https://other.example/robots.txt"}),
            "robots.txt could not be fetched: it",
        ),
    ],
)
def test_a_page_that_robots_txt_forbids_is_not_requested(
    site: Replica, fetcher: Fetcher, robots: Answer, why: str
) -> None:
    site.faults["/robots.txt"] = lambda: robots
    with pytest.raises(FetchError, match=why):
        fetcher.page(f"{site.url}/ferries")
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize("robots", [Answer(404, b"Disallow: /"), plain("User-agent: other\nDisallow: /"), plain("")])
def test_a_page_that_robots_txt_does_not_forbid_is_requested(site: Replica, fetcher: Fetcher, robots: Answer) -> None:
    site.faults["/robots.txt"] = lambda: robots
    assert fetcher.page(f"{site.url}/ferries").status == 200


def test_requests_to_a_host_are_a_delay_apart(site: Replica, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [100.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    monkeypatch.setenv("AKHBAR_DELAY", "7")
    monkeypatch.setattr("akhbar.fetch.time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    fetcher.page(f"{site.url}/ferries")
    now[0] += 3
    fetcher.page(f"{site.url}/ferries")
    assert waits == [7, 4], "robots.txt counts, and so does the time between two calls"


def test_a_redirect_on_the_own_host_is_followed(site: Replica, fetcher: Fetcher) -> None:
    site.faults["/old"] = lambda: Answer(302, b"", {"Location": "/ferries"})
    found = fetcher.page(f"{site.url}/old")
    assert (found.address, found.content.decode()) == (f"{site.url}/ferries", STORY)


def test_a_redirect_to_a_page_that_robots_txt_forbids_is_not_followed(site: Replica, fetcher: Fetcher) -> None:
    site.faults["/robots.txt"] = lambda: plain("User-agent: *\nDisallow: /ferries")
    site.faults["/old"] = lambda: Answer(302, b"", {"Location": "/ferries"})
    with pytest.raises(FetchError, match="forbidden by"):
        fetcher.page(f"{site.url}/old")
    assert "/ferries" not in site.paths


def redirect(location: str) -> Callable[[], Answer]:
    return lambda: Answer(301, b"", {"Location": location})


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: Answer(404, b""), r"127.0.0.1:\d+ answered 404"),
        (lambda: Answer(500, b""), r"127.0.0.1:\d+ answered 500"),
        (lambda: Answer(200, b"%PDF", {"Content-Type": "application/pdf"}), "not an HTML page but application/pdf"),
        (lambda: Answer(200, b"<p>", {"Content-Encoding": "gzip"}), "Error -3 while decompressing"),
        (lambda: Answer(200, STORY.encode(), cut_at=20), "peer closed connection"),
        (redirect("https://other.example/ferries"), "it redirects to another site, https://other.example/ferries"),
        (redirect("https://["), r"it redirects to another site, https://\["),
        (redirect("/story"), "it redirects more than 5 times"),
    ],
)
def test_a_page_that_cannot_be_fetched_is_reported(
    site: Replica, fetcher: Fetcher, answer: Callable[[], Answer], why: str
) -> None:
    site.faults["/story"] = answer
    with pytest.raises(FetchError, match=why):
        fetcher.page(f"{site.url}/story")
    assert fetcher.page(f"{site.url}/ferries").status == 200, "the next page is fetched"


def test_a_host_that_cannot_be_reached_is_reported(fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match=r"robots.txt could not be fetched: 127.0.0.1:9: "):
        fetcher.page("http://127.0.0.1:9/ferries")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (html("<title>Just a moment...</title>", 403), r"blocked by the site: .* answered 403 with a challenge page"),
        (Answer(200, b"<p>Wait", {"cf-mitigated": "challenge"}), "answered 200 with a challenge page"),
        (Answer(429, b""), r"blocked by the site: .* answered 429$"),
    ],
)
def test_no_more_pages_are_requested_from_a_host_that_blocks_them(
    site: Replica, fetcher: Fetcher, answer: Answer, why: str
) -> None:
    site.faults["/story"] = lambda: answer
    for path in ("/story", "/ferries"):
        with pytest.raises(FetchError, match=why):
            fetcher.page(site.url + path)
    assert site.paths == ["/robots.txt", "/story"]


def test_a_page_that_is_too_large_is_not_read(site: Replica, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 2000)
    site.faults["/large"] = lambda: html("<p>goats</p>" * 1000)
    with pytest.raises(FetchError, match="it has more than 2,000 bytes"):
        fetcher.page(f"{site.url}/large")


def test_a_page_that_takes_too_long_is_given_up(site: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_TIMEOUT", "0.2")
    site.faults["/slow"] = lambda: Answer(200, STORY.encode(), stall=60)
    with Fetcher() as fetcher, pytest.raises(FetchError, match="timed out"):
        fetcher.page(f"{site.url}/slow")


def test_a_page_that_arrives_too_slowly_is_given_up(
    site: Replica, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher.robots(site.url)
    clock = count(0, 30)
    monkeypatch.setattr("akhbar.fetch.time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda seconds: None))
    with pytest.raises(FetchError, match="it took longer than 20 s"):
        fetcher.page(f"{site.url}/ferries")


def test_an_invalid_setting_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DELAY", "soon")
    with pytest.raises(InvalidSettingError, match="AKHBAR_DELAY is 'soon'"):
        Fetcher()


def test_only_this_machine_is_requested_without_a_contact_address(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_contact(["http://127.0.0.1:9000/ferries", "http://localhost/"])
    with pytest.raises(MissingSettingError, match="AKHBAR_CONTACT is not set"):
        fetcher.page("https://gazette.example/ferries")
    monkeypatch.setenv("AKHBAR_CONTACT", "desk@gazette.example")
    check_contact(["https://gazette.example/ferries"])


def test_a_document_may_be_of_any_type_and_robots_txt_is_kept(site: Replica, fetcher: Fetcher) -> None:
    site.faults["/feed"] = lambda: Answer(200, b"<rss/>", {"Content-Type": "application/rss+xml"})
    assert fetcher.document(f"{site.url}/feed").content == b"<rss/>"
    assert "Sitemap: https://www.dawn.com/feeds/sitemap" in fetcher.robots(site.url).text
    with pytest.raises(FetchError, match="answered 404"):
        fetcher.document(f"{site.url}/no-feed")
