"""`python -m torture`: tries everything, prints what happened and writes docs/reliability.md."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from torture import airflow, bad_input, load, machine, newspapers, site
from torture.report import Row, keep, tell

PARTS: dict[str, Callable[[Path, int, str], Iterator[Row]]] = {
    "site": site.torture,
    "machine": machine.torture,
    "airflow": airflow.torture,
    "input": bad_input.torture,
    "load": load.torture,
    "newspapers": newspapers.torture,
}
"""Each takes a folder to work in, the seed, and words that the names of what is tried must contain."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; all unless given")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="what has this in its name; what else was seen stays in the page")
    chosen = parser.parse_args()
    unknown = [part for part in chosen.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}: choose some of {', '.join(PARTS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and so clear up
    lost = False
    for part in chosen.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="akhbar-torture-") as folder:
            for row in PARTS[part](Path(folder), chosen.seed, chosen.only):
                tell(row)
                keep(part, [row])
                lost = lost or bool(row.lost)
    return int(lost)


if __name__ == "__main__":
    sys.exit(main())
