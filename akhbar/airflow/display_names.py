"""DAG display names for Airflow's UI, with the time in the newspaper's own time zone."""

import re


def display_name(publisher: str, mode: str, cron: str, timezone: str) -> str:
    """A display name such as "Dawn: edition, 08:30 Karachi" or "Dawn: latest, every 30 minutes"."""
    return f"{publisher}: {mode}, {schedule_text(cron, timezone)}"


def schedule_text(cron: str, timezone: str) -> str:
    """A cron expression in words if it means once a day or every few minutes, otherwise the expression itself.

    A time of day is followed by the city of the time zone.
    """
    city = timezone.rpartition("/")[2].replace("_", " ")
    if daily := re.fullmatch(r"(\d{1,2}) (\d{1,2}) \* \* \*", cron):
        minute, hour = (int(number) for number in daily.groups())
        return f"{hour:02}:{minute:02} {city}"
    if interval := re.fullmatch(r"\*/(\d{1,2}) \* \* \* \*", cron):
        minutes = int(interval[1])
        return "every minute" if minutes == 1 else f"every {minutes} minutes"
    if twice := re.fullmatch(r"(\d{1,2}),(\d{1,2}) \* \* \* \*", cron):
        first, second = (int(number) for number in twice.groups())
        if second - first == 30:
            return "every 30 minutes"
    return f"{cron} {city}"
