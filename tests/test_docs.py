"""The documentation: the README is short, links and paths exist, and the example works."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from akhbar.newspaper import Newspaper
from akhbar.settings import ROOT

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/adding-a-newspaper.md", "docs/operations.md")
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.*)$", CODE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_has_at_most_120_lines() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(document: Path) -> None:
    for target, anchor in LINK.findall(CODE.sub("", document.read_text())):
        linked = (document.parent / target).resolve() if target else document
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), f"{target}#{anchor}"


@pytest.mark.parametrize("name", GUIDES)
def test_every_path_that_a_guide_names_exists(name: str) -> None:
    text = CODE.sub("", (ROOT / name).read_text())
    paths = re.findall(r"`((?:akhbar|bench|dags|deploy|docs|plugins|requirements|spiders|sql|tests)/[\w./-]*)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_example_declaration_is_valid_and_every_field_is_explained() -> None:
    text = (ROOT / "docs" / "adding-a-newspaper.md").read_text()
    [example] = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    module: dict[str, Any] = {}
    exec(example, module)  # noqa: S102 - our own documentation
    assert module["NEWSPAPER"].name == "example"
    rows = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    explained = set(re.findall(r"`(\w+)`", rows))
    assert {field.name for field in fields(Newspaper)} - explained == set()
