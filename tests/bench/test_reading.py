"""The score of the general reader on a corpus: by field, as a person would judge it."""

import gzip
import json
from pathlib import Path

from bench.reading import TARGETS, report, score
from tests.spiders.markup import ld_json

LINES = [
    "The ferry that links both banks of the canal will run at night from the first of next month.",
    "He added that two crews had been hired and that the fare would stay as it has been since the flood.",
]


def corpus(folder: Path, **wrong: object) -> Path:
    """One page, and its true values."""
    head = ld_json(
        headline="“Ferry” returns",
        author={"name": "Amina Shah"},
        datePublished="2026-11-05T08:00:00Z",
        keywords="Ferries",
    )
    text = "".join(f"<p>{line}</p>" for line in LINES)
    page = f"<html><head>{head}</head><body><article>{text}</article></body></html>"
    (folder / "one.html.gz").write_bytes(gzip.compress(page.encode()))
    true = {
        "title": '"Ferry" returns',
        "authors": ["Amina Shah", "The Gazette"],
        "publishing_date": "2026-11-05 13:00:00",
        "topics": ["ferries"],
        "body": {"summary": [], "sections": [{"headline": [], "paragraphs": LINES}]},
    }
    case = {"id": "one", "url": "https://gazette.example/a", "zone": "Asia/Karachi", "publisher": "The Gazette"}
    (folder / "expected.json").write_text(json.dumps([{**case, "expected": {**true, **wrong}}]))
    return folder


def test_a_page_that_is_read_right_has_the_full_score(tmp_path: Path) -> None:
    assert score(corpus(tmp_path)) == {name: [1.0] for name in TARGETS}


def test_wrong_fields_lower_their_scores(tmp_path: Path) -> None:
    scores = score(corpus(tmp_path, title="Boats", authors=["Bilal Khan"], publishing_date="2026-11-05 08:00:00"))
    assert [name for name, values in scores.items() if values == [0.0]] == list(TARGETS)[:4]


def test_the_report_says_which_targets_are_met(tmp_path: Path) -> None:
    figures = report(corpus(tmp_path, title="Boats")).figures
    assert [figure.met for figure in figures if figure.what.startswith("headline")] == [False]
    assert {figure.what.partition(",")[0] for figure in figures[1:]} == {name.partition(",")[0] for name in TARGETS}
