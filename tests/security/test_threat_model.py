"""Every defence in docs/security.md names the tests that prove it, and these tests exist."""

import ast
import re

from akhbar.settings import ROOT

DOCUMENT = (ROOT / "docs" / "security.md").read_text()


def every_test() -> set[str]:
    return {
        node.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", DOCUMENT))
    assert len(named) > 30
    assert named - every_test() == set()


def test_every_attack_names_a_test_or_links_to_the_fault_trials() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    assert len(rows) > 20
    assert not [row for row in rows if "`test_" not in row.split("|")[3] and "reliability.md" not in row]
