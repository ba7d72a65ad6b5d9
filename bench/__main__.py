"""`make bench`: measures all parts, or those that are named, prints one table and writes docs/benchmarks.md."""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from bench import airflow, crawl, extraction, growth, load, profile, replay, second_look
from bench.report import Section, keep, show
from bench.site import NginxMissingError

PARTS: dict[str, Callable[[], Section]] = {
    "crawl": crawl.report,
    "second-look": second_look.report,
    "profile": profile.report,
    "load": load.report,
    "million": load.report_million,
    "replay": replay.report,
    "airflow": airflow.report,
    "growth": growth.report,
    "extraction": extraction.report,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all of them unless given")
    parser.add_argument("--corpus", type=Path, help="pages and texts to score the extraction on, beside the replica's")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    for name in [name for name in os.environ if name.startswith(("AKHBAR_", "AIRFLOW_"))]:
        del os.environ[name]  # what is measured does not depend on who measures
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # every process would compile all that it imports
    logging.basicConfig(level=logging.WARNING)
    failed = []
    for part in arguments.parts or PARTS:
        began = monotonic()
        print(f"{part} …", file=sys.stderr, flush=True)
        try:
            found = extraction.report(arguments.corpus) if part == "extraction" else PARTS[part]()
        except NginxMissingError as error:
            print(f"{part}: left out: {error}", file=sys.stderr)
            failed.append(part)
            continue
        keep(part, found)
        show(list(PARTS))
        print(f"{part}: measured in {monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(show(list(PARTS)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
