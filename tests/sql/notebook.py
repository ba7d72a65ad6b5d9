"""Runs docs/explore.ipynb on the demo's stories and a made-up year, and compares or writes its outputs.

`make docs` writes them.
"""

import os
from typing import Any

import nbformat
from nbclient import NotebookClient

from akhbar.settings import ROOT

NOTEBOOK = ROOT / "docs" / "explore.ipynb"


def stored() -> Any:
    """The notebook as it is in the repository."""
    return nbformat.reads(NOTEBOOK.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]


def executed(reader: str) -> Any:
    """The notebook with the outputs of running it as this reader."""
    notebook = stored()
    metadata = notebook.metadata.copy()
    client = NotebookClient(notebook, timeout=120, record_timing=False)
    client.execute(env=os.environ | {"AKHBAR_READER_URL": reader})
    notebook.metadata = metadata  # without the version of Python
    for cell in code_cells(notebook):
        # Matplotlib reports there that it makes a cache of the machine's fonts
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(notebook: Any) -> list[str]:
    """The outputs of each code cell as text. Images are left out: they depend on the machine's fonts."""
    return [
        "".join(output.get("text") or output.data["text/plain"] for output in cell.outputs)
        for cell in code_cells(notebook)
    ]


def write_outputs(reader: str) -> None:
    nbformat.write(executed(reader), NOTEBOOK)  # type: ignore[no-untyped-call]
