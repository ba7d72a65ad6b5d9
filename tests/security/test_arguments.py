"""Malformed arguments: a one-line error on standard error, no traceback, and no effect."""

import string
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from akhbar import cli
from tests.conftest import News
from tests.replica import Replica

COMMANDS = [
    ["scrape"],
    ["scrape", "dawn", "--edition"],
    ["clean"],
    ["load"],
    ["check"],
    ["run"],
    ["run", "dawn", "--edition"],
    ["run", "dawn", "--latest", "--edition"],
    ["run", "dawn", "--edition", "2016-01-22", "--edition"],
    ["backfill"],
    ["backfill", "dawn", "--to", "2016-01-22", "--from"],
    ["backfill", "dawn", "--from", "2016-01-22", "--to"],
    ["replay"],
    ["replay", "dawn", "--from"],
    ["replay", "dawn", "--to"],
    ["replay", "dawn", "--run"],
    ["export", "--table"],
    ["export", "--table", "stories", "--format"],
    ["export", "--table", "stories", "--from"],
    ["export", "--table", "stories", "--changed-since"],
    ["export", "--query"],
    ["prune", "--older-than"],
    ["prune", "--dry-run", "--older-than"],
    ["verify", "--sample"],
    ["doctor"],
    ["page"],
    ["page", "dawn"],
    ["up", "--site"],
    ["psql", "--site"],
    ["db", "url", "--role"],
    ["dance"],
    ["--quiet"],
]
"""Each lacks its last argument."""

WRONG = st.sampled_from(
    [
        *(
            "",
            " ",
            "\x00",
            "a\x00b",
            "\x1b[2J",
            "\U0001f5de",
            "\udcff",
            "x" * 10_240,
            "a\nb",
            "../..",
            "../dawn",
            "/etc/passwd",
        ),
        *("2016-02-30", "2016-13-01", "22.1.2016", "-1", "1e9", "NaN", "9" * 400, "0d", "-3d", "None", "null", "{}"),
        *("'; DROP TABLE articles; --", "$(reboot)", "http://[", "nosuch://x", "javascript:alert(1)", "--", "--nope"),
    ]
) | st.text(string.printable, max_size=20)


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit status and output of a command. A traceback would raise here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["akhbar", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int | None)
    return ended.value.code or 0, out, err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wrong=WRONG)
@example(wrong="x" * 10_240)
@example(wrong="\x00")
def test_a_wrong_argument_gives_a_one_line_error_and_a_status(
    capsys: pytest.CaptureFixture[str], command: list[str], wrong: str
) -> None:
    """No database is configured, so an argument that happens to be valid ends there, also with status 2."""
    status, out, err = called(capsys, *command, wrong)
    if not out:
        assert status in ((1, 2) if command[0] in ("clean", "load", "check", "page") else (2,))
        assert err.startswith("akhbar: ")
        assert err.count("\n") == 1
        assert err.strip().isprintable()
        assert len(err) < 700


@pytest.mark.parametrize("run", ["x" * 10_240, "../../etc", "/etc", "a\x00b", "", "9" * 400, "\U0001f5de", "memory://"])
@pytest.mark.usefixtures("here")
def test_an_impossible_run_is_not_replayed(capsys: pytest.CaptureFixture[str], run: str) -> None:
    status, out, err = called(capsys, "replay", "dawn", "--run", run)
    assert (status, out) == (2, "")
    assert err.startswith("akhbar: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("output", ["", "a\x00b", "x" * 10_240, "/proc/no/such.csv", "nowhere/stories.csv"])
@pytest.mark.usefixtures("here")
def test_a_file_that_cannot_be_written_gives_a_one_line_error(
    capsys: pytest.CaptureFixture[str], output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = called(capsys, "export", "--table", "stories", "--output", output)
    assert status in (1, 2)
    assert err.startswith("akhbar: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("edition", ["2999-01-01", "9999-12-31"])
def test_a_future_edition_is_not_fetched(
    capsys: pytest.CaptureFixture[str], edition: str, here: Path, news: News, site: Replica
) -> None:
    status, _, err = called(capsys, "run", "dawn", "--edition", edition)
    assert status == 2
    assert "is in the future" in err
    assert site.paths == []
