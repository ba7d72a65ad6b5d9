"""A year of made-up stories: enough for the plots of docs/explore.ipynb, for which the demo has too few days.

`make demo-year` adds them to the tables that `make demo` left. They are the same stories every time.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from akhbar.local.stack import LocalError, open_database
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, story

FIRST, LAST = date(2024, 3, 1), date(2025, 2, 28)
UNREAD = (date(2024, 10, 7), date(2024, 10, 20))
"""The first and the last day of two weeks in which nothing was read, so that the plot has a gap."""
FIRST_ID = 1_800_000
"""Below the ids of the replica's stories of 2025."""
PLACES = ("Badin", "Gujrat", "Jhang", "Khairpur", "Larkana", "Multan", "Muzaffargarh", "Sargodha", "Sukkur", "Swat")


@dataclass(frozen=True)
class Subject:
    """What the made-up newspaper writes about, and how often."""

    section: str
    weights: tuple[int, ...]
    """How likely a story is on this subject, in January to December."""
    titles: tuple[str, ...]
    excerpts: tuple[str, ...]
    sentences: tuple[str, ...]


SUBJECTS = (
    Subject(
        "National",
        (0, 0, 1, 1, 0, 1, 8, 12, 7, 2, 0, 0),
        (
            "River passes the danger mark near {place}",
            "Flood relief camps open in {place}",
            "Flooded fields around {place} wait for pumps",
        ),
        ("Families spend the night on the embankment.", "Boats reach the last villages.", "More rain is forecast."),
        (
            "The flood came at night, and nobody in {place} slept.",
            "Engineers blame the flood on an embankment that was never raised.",
            "After the last flood, the district was promised forty pumps; it has nine.",
            "“We know the flood by its sound,” a farmer said.",
            "Tents for flood victims stand on the playing field of the college.",
            "The minister flew over {place} and called it the worst flood of his life.",
            "Wheat kept for the winter was lost to the flood.",
            "A gauge that should have warned {place} of the flood had no battery.",
        ),
    ),
    Subject(
        "Business",
        (3, 2, 1, 2, 6, 10, 7, 3, 2, 1, 1, 2),
        (
            "Power cuts bring out the traders of {place}",
            "Load-shedding returns to {place} as demand peaks",
            "{place} mills close for a day over power bills",
        ),
        ("Feeders are off for ten hours a day.", "The company says the lines are old.", "Shopkeepers buy ice."),
        (
            "The power company reads the meters in {place} twice and believes neither reading.",
            "A second transformer burnt out on Tuesday.",
            "Traders closed the bazaar of {place} until the supply returned.",
        ),
    ),
    Subject(
        "National",
        (7, 7, 8, 7, 6, 6, 6, 6, 7, 8, 8, 7),
        ("Court asks who owns the park in {place}", "Library of {place} opens on Sundays", "Bus to {place} is on time"),
        ("Residents filed the petition in spring.", "The council has agreed.", "Passengers sent flowers."),
        ("The clerk read the order aloud.", "A crowd of forty came, and stayed.", "The council will meet again."),
    ),
    Subject(
        "Sport",
        (7, 8, 8, 7, 6, 6, 6, 6, 7, 7, 8, 8),
        ("{place} bowlers take nine before lunch", "Rain ends the match in {place}", "Hockey final goes to {place}"),
        ("The pitch was slow.", "The captain thanked the groundsman."),
        ("The last wicket fell to a catch at long leg.", "The trophy came by train.", "Nobody brought a second ball."),
    ),
)


def stories() -> Iterator[dict[str, Any]]:
    """Clean stories, five to nine a day."""
    choose = random.Random(22)  # noqa: S311 - the same stories every time
    number = FIRST_ID
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        weights = [subject.weights[day.month - 1] for subject in SUBJECTS]
        for subject in choose.choices(SUBJECTS, weights, k=choose.randint(5, 9)):
            number += 1
            place = choose.choice(PLACES)
            title, excerpt = choose.choice(subject.titles), choose.choice(subject.excerpts)
            body = " ".join(choose.sample(subject.sentences, k=2)).format(place=place)
            if UNREAD[0] <= day <= UNREAD[1]:
                continue
            yield story(
                number,
                title=title.format(place=place),
                excerpt=excerpt,
                body=f"{place.upper()}: {body}",
                authors=choose.choice((["The Newspaper’s Correspondent"], ["APP"], ["Amina Rahman"])),
                section=subject.section,
                dateline=place.upper(),
                published_at=f"{day}T06:00:00+05:00",
                edition_date=day.isoformat(),
            )


def load_the_year(writer: str, archive: Path) -> None:
    """Stores the year as one batch."""
    made = batch(
        archive,
        "made-up-year",
        stories(),
        edition=LAST.isoformat(),
        started_at=f"{LAST}T04:00:00Z",
        finished_at=f"{LAST}T04:05:00Z",
    )
    load_batch(made, writer)


def main() -> None:
    try:
        url, _ = open_database("replica", "writer")
    except LocalError as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as folder:
        load_the_year(url, Path(folder))
    print("added a year of made-up stories to the demo's tables; akhbar db stop stops their server")


if __name__ == "__main__":
    main()
