"""The command `akhbar`, in a process of its own."""

import subprocess
import sys

from akhbar.settings import ROOT


def akhbar(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `akhbar` with the settings of the test."""
    command = [sys.executable, "-m", "akhbar.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
