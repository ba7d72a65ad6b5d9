"""`make bench`: measures all parts, or the named ones, and writes docs/benchmarks.md."""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic

from bench import (
    airflow,
    crawl,
    extraction,
    growth,
    incremental,
    load,
    newspapers,
    newsroom,
    profile,
    reading,
    replay,
    scale,
)  # fmt: skip
from bench.report import PAGE, Section, keep, section
from bench.site import NginxMissingError

PARTS: dict[str, Callable[[], Section]] = {
    "crawl": crawl.report,
    "incremental": incremental.report,
    "profile": profile.report,
    "load": load.report,
    "million": load.report_million,
    "replay": replay.report,
    "airflow": airflow.report,
    "newspapers": newspapers.report,
    "growth": growth.report,
    "scale": scale.report,
    "newsroom": newsroom.report,
    "extraction": extraction.report,
    "reading": reading.report,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; default: all")
    parser.add_argument("--corpus", type=Path, help="also score the extraction on this corpus")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    for name in [name for name in os.environ if name.startswith(("AKHBAR_", "AIRFLOW_"))]:
        del os.environ[name]  # the user's own settings must not affect the figures
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, every process compiles all that it imports
    logging.basicConfig(level=logging.WARNING)
    parts = PARTS | {
        "extraction": partial(extraction.report, arguments.corpus),
        "reading": partial(reading.report, arguments.corpus),
    }
    failed = []
    for part in arguments.parts or PARTS:
        began = monotonic()
        print(f"{part} …", file=sys.stderr, flush=True)
        try:
            keep(part, parts[part](), list(PARTS))
        except NginxMissingError as error:
            print(f"{part}: skipped: {error}", file=sys.stderr)
            failed.append(part)
            continue
        print(f"{part}: measured in {monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(section(PAGE, "summary"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
