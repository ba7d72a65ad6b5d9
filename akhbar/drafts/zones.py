"""The time zone of a newspaper, from its host's country and the UTC offsets on its pages."""

import zoneinfo
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

OTHER_CODES = {"UK": "GB"}
"""Country-code domains that differ from the country's ISO 3166 code."""
ANYWHERE = frozenset({"AI", "CC", "CO", "FM", "GG", "IO", "LY", "ME", "TO", "TV", "WS"})
"""Country codes under which sites of any country are registered. Only offsets on their pages show where they are."""
MOST_NAMED = 6


def zone_of(host: str, times: Collection[datetime]) -> str | None:
    """The IANA time zone of the host's country that agrees with the offsets of these times, which have time zones.

    Many sites write their times in UTC: if all are, the country's only time zone counts. If a country has several zones
    that agree and keep the same time all year, it is the one that the table of zones lists first. None if there are
    several that do not, or none.
    """
    country = _country(host)
    is_shown = any(time.utcoffset() for time in times)
    if country is None or (country in ANYWHERE and not is_shown):
        return None
    found = _agreeing(_zones()[country], times)
    return found[0] if len({_year(zone) for zone in found}) == 1 else None


def possible_zones(host: str, times: Collection[datetime]) -> list[str]:
    """A few time zones that agree with these times: those of the host's country, or else of any."""
    country = _country(host)
    found = _agreeing(_zones()[country], times) if country else []
    if not found and any(time.utcoffset() for time in times):
        found = _agreeing([zones[0] for zones in _zones().values()], times)
    return found[:MOST_NAMED]


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _agreeing(zones: Sequence[str], times: Collection[datetime]) -> list[str]:
    """The zones with the offsets of these times. UTC says nothing, unless it is the zone's own time."""
    local = [time for time in times if time.utcoffset()]
    return [
        zone for zone in zones if all(time.astimezone(ZoneInfo(zone)).utcoffset() == time.utcoffset() for time in local)
    ]


def _year(zone: str) -> tuple[timedelta | None, ...]:
    """A zone's offset from UTC in each week of this year."""
    first = datetime(datetime.now(UTC).year, 1, 1, tzinfo=UTC)
    return tuple((first + timedelta(weeks=week)).astimezone(ZoneInfo(zone)).utcoffset() for week in range(53))


def _country(host: str) -> str | None:
    code = host.partition(":")[0].rpartition(".")[2].upper()
    code = OTHER_CODES.get(code, code)
    return code if code in _zones() else None


@cache
def _zones() -> dict[str, list[str]]:
    """The time zones of each country, by its ISO 3166 code, the most populous ones first."""
    found: dict[str, list[str]] = {}
    for line in _table().splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return found


def _table() -> str:
    """The table `zone.tab` of the time zone database: the machine's, or that of the package `tzdata`, as zoneinfo."""
    return next(_tables())


def _tables() -> Iterator[str]:
    for folder in zoneinfo.TZPATH:
        file = Path(folder) / "zone.tab"
        if file.exists():
            yield file.read_text(encoding="utf-8")
    yield files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
