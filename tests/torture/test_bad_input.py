"""The quick part of the fuzzing: values by their shape. `make torture PART=input` goes by the code that they reach."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from akhbar.story import Story
from torture import bad_input

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
    bad_input.records(json.dumps(record))


@quick
@given(MONTH, st.text(max_size=40) | st.integers(0, 10**6).map(str))
def test_words_that_look_like_dates_are_an_instant_or_none(opening: str, rest: str) -> None:
    bad_input.dates(opening + rest)


@quick
@given(st.text())
def test_any_words_can_be_cleaned_and_cleaning_twice_is_cleaning_once(words: str) -> None:
    bad_input.texts(words)
    bad_input.bylines(words)
    bad_input.addresses(words)


@quick
@given(st.binary(max_size=2000))
def test_any_bytes_can_be_read_as_a_page_or_feed(page: bytes) -> None:
    bad_input.pages(page)
    bad_input.feeds(page)


@quick
@given(st.integers(0, 4), st.integers(0, 6), st.sampled_from(["", "<html><body>", "<rss><item><link>"]), st.text())
def test_any_answer_makes_the_spider_yield_stories_and_requests(kind: int, of: int, opening: str, rest: str) -> None:
    bad_input.callbacks(bytes([kind, of]) + (opening + rest).encode())


def test_a_page_in_an_encoding_that_few_know_is_read_or_has_failed() -> None:
    bad_input.answered("latest", "text/html; charset=mac-roman", b"<html><body>caf\x8e</body></html>")


@quick
@given(st.integers(0, 6), st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_in_a_file_of_a_batch_are_read_or_said_to_be_damaged(file: int, content: bytes) -> None:
    bad_input.batches(bytes([file]) + content)


@quick
@given(st.sampled_from([b"f", b"r", b"rWARC/1.1\r\nWARC-Type: response\r\nContent-Length: "]), st.binary())
def test_any_bytes_in_an_archive_are_a_page_or_a_broken_record(opening: bytes, content: bytes) -> None:
    bad_input.archives(opening + content)


def test_a_feed_whose_root_has_no_valid_name_is_one_that_cannot_be_read() -> None:
    bad_input.feeds(b"<rss:>")
