"""`python -m torture`: tries everything, prints what happened and writes docs/reliability.md."""

import argparse
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from torture import airflow, bad_input, load, machine, newspapers, site
from torture.report import Row, keep, matching, tell


@dataclass(frozen=True)
class Part:
    """What is tried together."""

    names: list[str]
    """Of all that can be tried, also of what this machine lacks something for."""
    torture: Callable[[Path, int, Collection[str]], Iterator[Row]]
    """Takes a folder to work in, the seed, and the names of what is wanted."""


PARTS = {
    "site": Part(site.NAMES, site.torture),
    "machine": Part(machine.NAMES, machine.torture),
    "airflow": Part(airflow.NAMES, airflow.torture),
    "input": Part(bad_input.NAMES, bad_input.torture),
    "load": Part(load.NAMES, load.torture),
    "newspapers": Part(newspapers.NAMES, newspapers.torture),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all unless given")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--only", default="", help="a regular expression: what has it in its name; what else was seen stays in the page"
    )
    chosen = parser.parse_args()
    unknown = [part for part in chosen.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}: choose some of {', '.join(PARTS)}")
    try:
        wanted = {part: matching(chosen.only, PARTS[part].names) for part in chosen.parts or PARTS}
    except re.error as error:
        parser.error(f"{chosen.only!r} is no regular expression: {error}")
    if not any(wanted.values()):
        parser.error(f"nothing that {', '.join(wanted)} can try has {chosen.only!r} in its name")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and so clear up
    lost = False
    for part, names in wanted.items():
        if not names:
            continue
        with tempfile.TemporaryDirectory(prefix="akhbar-torture-") as folder:
            for row in PARTS[part].torture(Path(folder), chosen.seed, names):
                tell(row)
                keep(part, [row], PARTS[part].names)
                lost = lost or bool(row.lost)
    return int(lost)


if __name__ == "__main__":
    sys.exit(main())
