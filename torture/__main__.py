"""`python -m torture`: tries everything, prints what happened and writes docs/reliability.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from torture.faults import faults, hostile
from torture.newsroom import postgres
from torture.site import try_faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="faults whose name has this in it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="akhbar-torture-") as place:
        folder = Path(place)
        with postgres(folder / "postgres") as server, hostile(chosen.seed) as site:
            wanted = [fault for fault in faults(site.trap) if chosen.only in fault.name]
            for tried in try_faults(server, site, folder, wanted):
                e = tried.ended
                print(
                    f"{tried.fault.name:55} {e.status:3} {e.seconds:5.1f} s {e.peak:4.0f} MiB struck {tried.struck:3} "
                    f"stored {tried.stored:2} of {tried.expected}  {'; '.join(tried.wrong) or 'nothing lost'}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
