"""Settings: what is read from the environment, and which values are refused."""

import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from akhbar import settings
from akhbar.settings import ROOT, InvalidSettingError, MissingSettingError


def test_the_version_is_that_of_the_package() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == settings.VERSION


def test_exactly_the_existing_settings_are_documented() -> None:
    source = "\n".join(file.read_text() for file in (ROOT / "akhbar").rglob("*.py"))
    read = set(re.findall(r"\"(AKHBAR_[A-Z_]+)\"", source)) | {"AKHBAR_DAWN_BASE_URL"}
    table = (ROOT / "docs" / "settings.md").read_text()
    assert set(re.findall(r"^\| `(AKHBAR_[A-Z_]+)`", table, re.MULTILINE)) == read


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (settings.database_url, "AKHBAR_DATABASE_URL"),
        (settings.admin_database_url, "AKHBAR_ADMIN_DATABASE_URL"),
    ],
)
def test_a_required_setting_that_is_missing_is_named_with_an_example(
    monkeypatch: pytest.MonkeyPatch, read: Any, name: str
) -> None:
    for value in (None, ""):
        if value is not None:
            monkeypatch.setenv(name, value)
        with pytest.raises(MissingSettingError, match=f"{name} is not set: .* for example {name}=postgresql://"):
            read()
    monkeypatch.setenv(name, "postgresql://127.0.0.1/news")
    assert read() == "postgresql://127.0.0.1/news"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, str(ROOT / "archive")),
        ("", str(ROOT / "archive")),
        ("/srv/archive", "/srv/archive"),
        ("file:///srv/archive", "/srv/archive"),
        ("archive", str(Path.cwd() / "archive")),
        ("memory://newsroom/archive", "memory://newsroom/archive"),
    ],
)
def test_the_archive_is_a_folder_or_a_url(monkeypatch: pytest.MonkeyPatch, value: str | None, place: str) -> None:
    if value is not None:
        monkeypatch.setenv("AKHBAR_ARCHIVE", value)
    assert str(settings.archive()) == place
    assert isinstance(settings.archive(), Path) is ("://" not in place)


def test_the_workspace_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = settings.workspace()
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700
    assert settings.workspace() == folder, "an existing one is used again"
    folder.chmod(0o750)
    with pytest.raises(PermissionError, match="is accessible to other users: remove it, or set TMPDIR"):
        settings.workspace()


def test_base_urls_are_listed_by_newspaper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_DAWN_BASE_URL", "http://127.0.0.1:9000")
    monkeypatch.setenv("AKHBAR_GAZETTE_BASE_URL", "")
    monkeypatch.setenv("AKHBAR_BASE_URL", "http://127.0.0.1:9001")
    assert settings.base_urls() == {"dawn": "http://127.0.0.1:9000"}


@pytest.mark.parametrize(
    ("value", "connections"), [(None, []), ("", []), ("mail", ["mail"]), (" mail, hook ,", ["mail", "hook"])]
)
def test_the_connections_for_notifications_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, value: str | None, connections: list[str]
) -> None:
    if value is not None:
        monkeypatch.setenv("AKHBAR_NOTIFY", value)
    assert settings.notify() == connections


@pytest.mark.parametrize("read", [settings.contact, settings.keep_pages])
def test_an_empty_optional_setting_counts_as_unset(monkeypatch: pytest.MonkeyPatch, read: Any) -> None:
    assert read() is None
    for name in ("AKHBAR_CONTACT", "AKHBAR_KEEP_PAGES"):
        monkeypatch.setenv(name, "")
    assert read() is None
    for name in ("AKHBAR_CONTACT", "AKHBAR_KEEP_PAGES"):
        monkeypatch.setenv(name, "400d")
    assert read() == "400d"


@pytest.mark.parametrize(
    ("url", "value", "seconds"),
    [
        ("https://www.dawn.com", None, 2),
        ("http://127.0.0.1:9000", None, 0),
        ("http://localhost:9000", None, 0),
        ("http://[::1]:9000", None, 0),
        ("http://127.0.0.1.example.org", None, 2),
        ("https://www.dawn.com", "0", 0),
        ("http://127.0.0.1:9000", "0.5", 0.5),
    ],
)
def test_the_delay_is_two_seconds_except_on_loopback_unless_it_is_set(
    monkeypatch: pytest.MonkeyPatch, url: str, value: str | None, seconds: float
) -> None:
    if value is not None:
        monkeypatch.setenv("AKHBAR_DELAY", value)
    assert settings.delay(url) == seconds


@pytest.mark.parametrize("value", ["0.1", "86400"])
def test_a_timeout_lasts_up_to_a_day(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert settings.timeout() == 20
    monkeypatch.setenv("AKHBAR_TIMEOUT", value)
    assert settings.timeout() == float(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AKHBAR_TIMEOUT", "0"),
        ("AKHBAR_TIMEOUT", "86401"),
        ("AKHBAR_TIMEOUT", "inf"),
        ("AKHBAR_TIMEOUT", "x" * 1_000),
        ("AKHBAR_DELAY", "-0.1"),
        ("AKHBAR_DELAY", "86401"),
        ("AKHBAR_DAWN_BASE_URL", "http://me@mirror.example"),
    ],
)
def test_a_crawl_does_not_start_with_an_invalid_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    settings.check_crawl_settings()
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettingError, match=name) as failure:
        settings.check_crawl_settings()
    assert len(str(failure.value)) < 300


def test_a_reader_process_keeps_the_environment_and_finds_the_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("AKHBAR_CONTACT", "desk@example.org")
    environment = settings.spider_environment()
    assert environment["PYTHONPATH"] == str(ROOT)
    assert environment["AKHBAR_CONTACT"] == "desk@example.org"
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=7")
    assert settings.spider_environment()["GLIBC_TUNABLES"] == "glibc.malloc.tcache_count=7"
