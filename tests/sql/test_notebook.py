"""The notebook in the docs runs unchanged on the demo's stories."""

import nbformat
import pytest
from nbclient import NotebookClient

from akhbar.settings import ROOT
from tests.conftest import News


def test_the_notebook_goes_from_the_connection_to_a_plot(demo_news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKHBAR_READER_URL", demo_news.reader)
    notebook = nbformat.reads((ROOT / "docs" / "explore.ipynb").read_text(), as_version=4)  # type: ignore[no-untyped-call]
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit the notebook without outputs"
    NotebookClient(notebook, timeout=120).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output["text"] for output in outputs if output["output_type"] == "stream")
    assert "dawn complete 2025-03-29" in printed
    assert "Counting water" in printed
    assert "+ Correction: the figure is of the area sown" in printed
    assert any("image/png" in output.get("data", {}) for output in outputs)
