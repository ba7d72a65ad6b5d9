"""The note of a DAG run; `tests/dags/test_runs.py` has that of a real run, `test_browser.py` how Airflow shows it."""

import pytest


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("complete", "complete"),
        (
            "an answer of type a/![x](https://example.org/x.png)",
            r"an answer of type a/!\[x](https://example.org/x.png)",
        ),
        ("<img src=x> `code` \\", r"\<img src=x> \`code\` \\"),
    ],
)
def test_markdown_and_html_in_a_note_are_escaped(airflow: None, text: str, escaped: str) -> None:
    from run_notes import escape_markdown

    assert escape_markdown(text) == escaped
