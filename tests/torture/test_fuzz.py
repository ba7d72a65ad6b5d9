"""Bad input: any external input is read, or fails as documented, in linear time.

`make test` tries values of the right shape (hypothesis); `make torture PART=fuzz` is guided by coverage (atheris).
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akhbar.settings import ROOT
from akhbar.story import Story
from tests.torture import fuzz
from tests.torture.trials import SEED

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
MONTH = st.sampled_from(["January ", "Sept. ", "22 Jan, ", "Published in Dawn, May ", "2016-0", "Fri, 22 Jan "])
quick = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@quick
@given(st.dictionaries(st.sampled_from(sorted(Story.__annotations__)), JSON))
def test_any_scraped_record_is_accepted_or_rejected_with_reasons(record: dict[str, object]) -> None:
    fuzz.records(json.dumps(record))


@quick
@given(MONTH, st.text(max_size=40) | st.integers(0, 10**6).map(str))
def test_text_that_looks_like_a_date_is_read_as_an_instant_or_none(opening: str, rest: str) -> None:
    fuzz.dates(opening + rest)


@quick
@given(st.text())
def test_any_text_can_be_cleaned_and_cleaning_twice_changes_nothing(words: str) -> None:
    fuzz.texts(words)
    fuzz.bylines(words)
    fuzz.addresses(words)


@quick
@given(st.binary(max_size=2000))
def test_any_bytes_can_be_read_as_a_page_or_feed(page: bytes) -> None:
    fuzz.pages(page)
    fuzz.feeds(page)


@quick
@given(st.integers(0, 4), st.integers(0, 6), st.sampled_from(["", "<html><body>", "<rss><item><link>"]), st.text())
def test_the_spider_yields_only_stories_and_requests_for_any_response(
    kind: int, of: int, opening: str, rest: str
) -> None:
    fuzz.callbacks(bytes([kind, of]) + (opening + rest).encode())


def test_a_page_in_a_rare_encoding_is_read_or_fails() -> None:
    fuzz.respond("listing", "text/html; charset=mac-roman", b"<html><body>caf\x8e</body></html>")


def test_an_untitled_page_without_a_content_type_that_looks_binary_is_read_or_fails() -> None:
    fuzz.respond("story", "", b"<html>\x00\x01<body><p>A text without a headline.</p></body></html>")


@quick
@given(st.integers(0, 6), st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_in_a_batch_file_are_read_or_reported_as_damaged(file: int, content: bytes) -> None:
    fuzz.batches(bytes([file]) + content)


@quick
@given(st.sampled_from([b"f", b"r", b"rWARC/1.1\r\nWARC-Type: response\r\nContent-Length: "]), st.binary())
def test_any_bytes_in_an_archive_are_a_page_or_a_broken_record(opening: bytes, content: bytes) -> None:
    fuzz.archives(opening + content)


def test_a_feed_whose_root_has_an_invalid_name_cannot_be_read() -> None:
    fuzz.feeds(b"<rss:>")


SECONDS = 20
"""How long each target is fuzzed."""


@pytest.mark.parametrize(
    "target", [pytest.param(name, marks=pytest.mark.torture(name)) for name in [*fuzz.WORDS, *fuzz.BYTES]]
)
@pytest.mark.skipif(not find_spec("atheris"), reason="not available on this machine: atheris")
def test_only_documented_exceptions_are_raised(
    target: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, example in enumerate(fuzz.examples(target, tmp_path / "made")):
        (corpus / str(number)).write_bytes(example)
    command = [sys.executable, "-m", "tests.torture.fuzz", target, str(SECONDS), str(SEED), str(corpus)]
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=SECONDS * 4, check=False)
    output = done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
    runs = re.findall(r"Done (\d+) runs|^#(\d+)\s", output, re.MULTILINE)
    record_property("times", max((int(a or b) for a, b in runs), default=0))
    record_property("seen", "only documented exceptions")
    raised = re.findall(r"^(?:\w+\.)*\w*(?:Error|Exception)\b.*", output, re.MULTILINE)
    assert done.returncode == 0, f"exited with {done.returncode}: {(raised or [output[-200:]])[0][:200]}"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.torture(f"linear time: {name}")) for name in fuzz.LONG]
)
def test_time_grows_in_proportion_to_the_input(name: str, record_property: Callable[[str, object], None]) -> None:
    read, parts = fuzz.LONG[name]
    record_property("times", 2 * len(parts))
    record_property("seen", f"{len(parts)} kinds of input of up to 160,000 characters")
    slow = [wrong for part in parts if (wrong := fuzz.superlinear(read, part))]
    assert not slow, "; ".join(slow)
