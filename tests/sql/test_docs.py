"""The statements in docs/sql.md run as the reader."""

import re

import pytest

from akhbar.settings import ROOT
from tests.conftest import News

PAGE = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^\| [^|]+ \| `(SELECT .*);` \|$", PAGE, re.MULTILINE)
EXAMPLES = [
    statement
    for block in re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for statement in re.sub(r"--.*", "", block).split(";")
    if statement.strip().startswith("SELECT") and "{%" not in statement
]


def test_the_page_opens_with_ten_questions() -> None:
    assert len(QUESTIONS) == 10
    assert len(EXAMPLES) > 6


@pytest.mark.parametrize("statement", QUESTIONS + EXAMPLES)
def test_a_statement_of_the_page_runs(demo_news: News, statement: str) -> None:
    demo_news.rows(statement.replace("%", "%%"), url=demo_news.reader)
