"""Scrapy's settings: polite by default, and nothing that listens or leaves this machine but the crawl's requests."""

import sys
from importlib import import_module, reload

import pytest
from scrapy.settings import Settings


def settings() -> Settings:
    """The settings as a crawl that starts now has them."""
    name = "akhbar.crawl.settings"
    reload(import_module(name)) if name in sys.modules else import_module(name)
    found = Settings()
    found.setmodule(name)
    return found


def test_a_crawl_makes_one_request_at_a_time_with_a_pause_and_respects_robots_txt() -> None:
    found = settings()
    assert found.getbool("ROBOTSTXT_OBEY")
    assert found.getint("CONCURRENT_REQUESTS") == found.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert found.getfloat("DOWNLOAD_DELAY") == 2
    assert found.getfloat("DOWNLOAD_DELAY_JITTER") == 0
    assert found.getdict("DOWNLOAD_SLOTS")["127.0.0.1"]["delay"] == 0


def test_the_operator_sets_contact_delay_timeout_and_copies_of_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_CONTACT", "desk@example.org")
    monkeypatch.setenv("AKHBAR_DELAY", "5")
    monkeypatch.setenv("AKHBAR_TIMEOUT", "7")
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9000")
    found = settings()
    assert "desk@example.org" in found["USER_AGENT"]
    assert found.getfloat("DOWNLOAD_DELAY") == found.getdict("DOWNLOAD_SLOTS")["127.0.0.1"]["delay"] == 5
    assert found.getfloat("DOWNLOAD_TIMEOUT") == 7
    assert found.getdict("BASE_URLS") == {"dawn": "http://127.0.0.1:9000"}


def test_a_crawl_opens_no_port_and_keeps_no_cookies() -> None:
    found = settings()
    extensions = found.get_component_priority_dict_with_base("EXTENSIONS")
    names = {str(name).rpartition(".")[2].rstrip("'>") for name in extensions}
    assert not names & {"TelnetConsole", "RemoteControl"}
    assert not found.getbool("COOKIES_ENABLED")


def test_only_web_pages_are_fetched() -> None:
    handlers = settings().getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
