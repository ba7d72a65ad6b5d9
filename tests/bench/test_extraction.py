"""Extraction is scored as in scrapinghub's benchmark, on its layout of files."""

import gzip
import json
from pathlib import Path

import pytest

from bench.extraction import read_corpus, report, score_rejected, score_replica, shingle_score
from tests.replica import PAGES

SENTENCES = [
    "The ferry that links both banks of the canal will run at night from the first of next month, its owner said.",
    "He added that two crews had been hired and that the fare would stay as it has been since the flood.",
    "Residents of the northern bank had asked for a night service for most of a decade, without an answer.",
    "A nurse who works late shifts said that she would no longer have to walk to the bridge and back.",
]
MENU = "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(12))


def page(*sentences: str) -> str:
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f"<html><head><title>Ferry</title></head><body><nav><ul>{MENU}</ul></nav><article><h1>Ferry</h1>{text}</article>"
        "</body></html>"
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two pages, one of them with only half of its text."""
    whole, half = page(*SENTENCES), page(*SENTENCES[:2])
    (tmp_path / "html").mkdir()
    for name, text in (("whole", whole), ("half", half)):
        (tmp_path / "html" / f"{name}.html.gz").write_bytes(gzip.compress(text.encode()))
    truth = {name: {"articleBody": "\n".join(SENTENCES), "url": f"https://a.test/{name}"} for name in ("whole", "half")}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    return tmp_path


def test_a_text_is_scored_by_the_runs_of_four_words_that_it_shares() -> None:
    # six words have three runs of four; without the last word two of them are there, with a wrong one two of three
    assert shingle_score([("a b c d e f", "a b c d e")]) == (1.0, 2 / 3, 0.8)
    assert shingle_score([("a b c d e", "a b c d e x")]) == (2 / 3, 1.0, 0.8)
    assert shingle_score([("a b c d", "w x y z")]) == (0.0, 0.0, 0.0)


def test_a_run_of_words_that_occurs_once_counts_once() -> None:
    precision, recall, _ = shingle_score([("a a a a", "a a a a a a")])
    assert (precision, recall) == (1 / 3, 1.0)


def test_an_empty_text_lowers_recall_but_not_precision() -> None:
    assert shingle_score([("a b c d", ""), ("a b c d", "a b c d")]) == (1.0, 0.5, 2 / 3)


def test_a_corpus_is_read_by_the_fallback_extractor(corpus: Path) -> None:
    found = dict(zip(("whole", "half"), (text for _, text in read_corpus(corpus)), strict=True))
    assert all(sentence in found["whole"] for sentence in SENTENCES)
    assert SENTENCES[3] not in found["half"]
    assert "Section 3" not in found["whole"]


def test_a_corpus_is_reported_beside_the_published_figures(corpus: Path) -> None:
    section = report(corpus)
    assert "| readability-lxml 0.8.4.1, as published | 0.922 |" in section.text
    _, recall, f1 = shingle_score(read_corpus(corpus))
    assert section.figures[-1].value == f"{f1:.3f}"
    assert 0.6 < recall < 0.9  # one page whole, half of the other


def test_a_stored_page_without_a_story_counts_as_wrong(tmp_path: Path) -> None:
    assert set(score_rejected(PAGES)) == {True}
    (tmp_path / "news").mkdir()
    page = (PAGES / "news" / "1234501.html").read_bytes()
    (tmp_path / "news" / "1234501.html").write_bytes(page)
    (tmp_path / "news" / "1234501.json").write_text(json.dumps({"outcome": "rejected"}))
    assert score_rejected(tmp_path) == [False]


def test_a_field_that_is_read_wrongly_lowers_only_its_own_score(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    for file in PAGES.glob("news/12345*"):
        (tmp_path / "news" / file.name).write_bytes(file.read_bytes())
    case = tmp_path / "news" / "1234501.json"
    case.write_text(json.dumps(json.loads(case.read_text()) | {"title": "Another headline"}))
    fields, _, _ = score_replica(tmp_path)
    assert fields["title"].count(False) == 1
    assert all(all(right) for name, right in fields.items() if name != "title")
