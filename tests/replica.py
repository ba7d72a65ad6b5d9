"""Replicas of newspapers on localhost: `python -m tests.replica dawn=9000 guardian=9001`, or `with replica() as site:`.

Each serves `tests/pages/<newspaper>` as the newspaper serves its pages; Dawn's has four layout eras. What is never
older than a day on the real site (feeds, sitemap, latest news, the editions of the last weeks) is rendered for each
request from the folder's `living`. Faults can be planted at any path. No text is a newspaper's: all of it was written
for these tests.
"""

import argparse
import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

PAGES = Path(__file__).parent / "pages" / "dawn"
ZONE = ZoneInfo("Asia/Karachi")
PRINTED = {"front-page": 3, "national": 3, "business": 2, "sport": 1, "editorial": 3}
"""The sections of a made-up edition, and how many stories each has."""
EDITION_IDS = 3_000_000
HOURLY_IDS = 5_000_000
HOURS = 40
"""How far back the latest news goes: the sitemap of the real site covers 48 hours."""

SiteT = TypeVar("SiteT", bound="Site")

templates = Environment(loader=FileSystemLoader(PAGES / "living"), autoescape=True)


@dataclass(frozen=True)
class Answer:
    """What the replica sends: a status, a body and additional headers."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    """Bytes of the body after which the connection is closed."""
    stall: float = 0.0
    """Seconds of silence before the answer."""


@dataclass(frozen=True)
class MadeUp:
    """A story made up from its number, the same every time."""

    number: int
    section: str
    published: datetime
    printed: date | None

    TOPICS = ("water", "wheat", "power", "schools", "roads", "cotton", "cricket", "housing", "ports", "forests")
    PLACES = ("KARACHI", "LAHORE", "QUETTA", "PESHAWAR", "MULTAN", "GILGIT", "SUKKUR", "ISLAMABAD")
    WRITERS = ("Amina Rahman", "Tariq Mehmood", "Khalida Noor", "Zahir Afridi", "Nadia Qureshi")

    @property
    def topic(self) -> str:
        return self.TOPICS[self.number % len(self.TOPICS)]

    @property
    def place(self) -> str:
        return self.PLACES[self.number // 3 % len(self.PLACES)]

    @property
    def writer(self) -> str:
        return self.WRITERS[self.number // 7 % len(self.WRITERS)]

    @property
    def title(self) -> str:
        if self.section == "editorial":
            return f"On {self.topic}, once more: {self.number % 97 + 2} questions"
        return f"Plan for {self.topic} in {self.place.title()} put before committee {self.number % 1000}"

    @property
    def paragraphs(self) -> list[str]:
        opening = "" if self.section == "editorial" else f"{self.place}: "
        return [
            f"{opening}A plan for {self.topic} that was shelved in {1990 + self.number % 30} is to be taken up again, "
            f"members of committee {self.number % 1000} were told.",
            f"It asks for Rs{self.number % 900 + 100} million over {self.number % 4 + 2} years. “We have the paper; we "
            "lack the people,” one of them said.",
            f"A first report on {self.topic} is due in {self.number % 11 + 2} weeks.",
        ]


def edition_story(day: date, section: str, place: int) -> MadeUp:
    number = EDITION_IDS + day.toordinal() % 20_000 * 30 + 5 * list(PRINTED).index(section) + place
    published = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(minutes=number % 50)
    return MadeUp(number, section, published, day)


def hourly_story(hour: int) -> MadeUp:
    """The story of an hour, counted from 1970."""
    return MadeUp(HOURLY_IDS + hour, "pakistan", datetime.fromtimestamp(hour * 3600, ZONE), None)


def made_up(number: int) -> MadeUp | None:
    """The made-up story of a number."""
    if HOURLY_IDS < number <= HOURLY_IDS + int(time.time()) // 3600:
        return hourly_story(number - HOURLY_IDS)
    for back in range(-1, 400):
        day = datetime.now(ZONE).date() - timedelta(days=back)
        for section, stories in PRINTED.items():
            for place in range(stories):
                story = edition_story(day, section, place)
                if story.number == number:
                    return story
    return None


class Site:
    """A site: the answer to each path, the requests received, and the planted faults."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, str, dict[str, str], float]] = []
        """(method, path, headers, monotonic time) of each request, in order."""
        self.faults: dict[str, list[Answer] | Callable[[], Answer]] = {}
        """Answers that replace a path's own: one after the other, or whatever a function returns."""

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.requests]

    def answer(self, path: str) -> Answer:
        fault = self.faults.get(path)
        if callable(fault):
            return fault()
        if fault:
            return fault.pop(0)
        return self.page(path)

    def page(self, path: str) -> Answer:
        """The site's own answer to a path."""
        raise NotImplementedError


class Replica(Site):
    """Dawn's replica."""

    def __init__(self) -> None:
        super().__init__()
        self.redirects: dict[str, str] = json.loads((PAGES / "redirects.json").read_text())
        self.gone: dict[str, int] = json.loads((PAGES / "gone.json").read_text())
        self.edits: dict[str, list[list[list[str]]]] = {}
        """What the publisher changes in a story, by number: a list of replacements for each request after the first."""
        self.looks: Counter[str] = Counter()

    def page(self, path: str) -> Answer:
        path = path.rstrip("/") or "/"
        story = re.fullmatch(r"(/news/(\d+))(/.*)?", path)
        if story and story[1] in self.redirects:
            return Answer(301, b"", {"Location": self.redirects[story[1]]})
        if story and story[1] in self.gone:
            return html((PAGES / "not-found.html").read_text(), self.gone[story[1]])
        found = self._file(f"{story[1]}.html" if story else path) or self._living(path, story and int(story[2]))
        if found and story and story[2] in self.edits:
            return self._edited(story[2], found)
        return found or html((PAGES / "not-found.html").read_text(), 404)

    def edit(self) -> None:
        """From now on, the publisher changes some stories each time they are requested."""
        self.edits = json.loads((PAGES / "edits.json").read_text())

    def _edited(self, number: str, page: Answer) -> Answer:
        text = page.body.decode()
        for replacements in self.edits[number][: self.looks[number]]:
            for before, after in replacements:
                text = text.replace(before, after)
        self.looks[number] += 1
        return html(text)

    def _file(self, path: str) -> Answer | None:
        for name in (path.lstrip("/"), f"{path.lstrip('/')}.html"):
            file = (PAGES / name).resolve()
            if file.is_file() and file.is_relative_to(PAGES) and file.suffix in (".html", ".txt"):
                text = file.read_text(encoding="utf-8")
                return (
                    html(text) if file.suffix == ".html" else Answer(200, text.encode(), {"Content-Type": "text/plain"})
                )
        return None

    def _living(self, path: str, number: int | None) -> Answer | None:
        now = int(time.time()) // 3600
        latest = [hourly_story(now - back) for back in range(HOURS)]
        if number is not None:
            story = made_up(number)
            return dated(html(templates.get_template("story.html").render(story=story)), story) if story else None
        if path == "/feeds/sitemap":
            return xml(templates.get_template("sitemap.xml").render(stories=latest))
        if path == "/feeds/home" or path == "/feeds/pakistan":
            return xml(templates.get_template("feed.xml").render(stories=latest[:12]))
        if path.startswith("/feeds/"):
            return xml(templates.get_template("feed.xml").render(stories=[]))
        if path == "/latest-news":
            return html(templates.get_template("latest-news.html").render(stories=latest[:20]))
        if path == "/":
            today = datetime.now(ZONE).date()
            editorials = [edition_story(today, "editorial", place) for place in range(2, -1, -1)]
            return html(templates.get_template("home.html").render(stories=latest[:5], editorials=editorials))
        section = re.fullmatch(r"/newspaper/([a-z-]+)/(\d{4}-\d{2}-\d{2})", path)
        if section and section[1] in PRINTED:
            return self._made_up_section(section[1], date.fromisoformat(section[2]))
        return None

    def _made_up_section(self, section: str, day: date) -> Answer | None:
        today = datetime.now(ZONE).date()
        if not today - timedelta(days=400) < day <= today or (PAGES / "newspaper/front-page" / f"{day}.html").exists():
            return None
        stories = [edition_story(day, section, place) for place in reversed(range(PRINTED[section]))]
        return html(templates.get_template("section.html").render(stories=stories, section=section, day=day))


class PagesReplica(Site):
    """The replica of a newspaper whose folder has, for each path, a file of its own or a template in `living`.

    The file of `/a/b` is `a/b.html`, `.xml` or `.txt`; that of `/a?page=2` is `a?page=2.html`, that of `/` is
    `index.html`. `routes.json` maps regular expressions for other paths, with their query, to templates. A template
    gets `stories`, one for each hour of the last two days, newest first; `now`; the groups of the regular expression;
    and for the group `number`, the `story` with this number. `redirects.json` maps paths to the URLs they redirect to.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.folder = PAGES.parent / name
        loader = FileSystemLoader(self.folder / "living")
        self.templates = Environment(loader=loader, autoescape=True)
        self.routes: dict[str, str] = json.loads((self.folder / "routes.json").read_text())
        redirects = self.folder / "redirects.json"
        self.redirects: dict[str, str] = json.loads(redirects.read_text()) if redirects.exists() else {}

    def page(self, path: str) -> Answer:
        if path in self.redirects:
            return Answer(301, b"", {"Location": self.redirects[path]})
        return self._file(path) or self._living(path) or html("<h1>Page not found</h1>", 404)

    def _file(self, path: str) -> Answer | None:
        stem = path.strip("/") or "index"
        answers = {".html": html, ".xml": xml, ".txt": plain}
        for suffix in (*answers, ""):
            file = (self.folder / f"{stem}{suffix}").resolve()
            if file.is_file() and file.is_relative_to(self.folder) and file.suffix in answers:
                return answers[file.suffix](file.read_text(encoding="utf-8"))
        return None

    def _living(self, path: str) -> Answer | None:
        for route, template in self.routes.items():
            found = re.fullmatch(route, path)
            if found is None:
                continue
            newest = int(time.time()) // 3600
            known: dict[str, Any] = {**found.groupdict(), "now": datetime.now(UTC)}
            known["stories"] = [hourly_story(newest - back) for back in range(HOURS)]
            if "number" in known:
                known["story"] = made_up(int(known["number"]))
                if known["story"] is None:
                    return None
            answer = xml if template.endswith(".xml") else html
            return answer(self.templates.get_template(template).render(known))
        return None


def site_of(name: str) -> Site:
    """The replica of a newspaper."""
    return Replica() if name == "dawn" else PagesReplica(name)


def html(text: str, status: int = 200) -> Answer:
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
    return Answer(status, text.encode(), {"Content-Type": "text/html; charset=UTF-8", "ETag": tag})


def dated(page: Answer, story: MadeUp) -> Answer:
    """A page with the time of its last change."""
    since = format_datetime(story.published.astimezone(UTC), usegmt=True)
    return replace(page, headers={**page.headers, "Last-Modified": since})


def unless_unchanged(answer: Answer, asked: Message) -> Answer:
    """The answer, or 304 if a conditional request shows that the client already has it (RFC 9110, 13.2.2)."""
    known: dict[str, str] = {name: answer.headers[name] for name in ("ETag", "Last-Modified") if name in answer.headers}
    if "If-None-Match" in asked:
        has_it = asked["If-None-Match"] == known.get("ETag")
    elif "If-Modified-Since" in asked and "Last-Modified" in known:
        has_it = parsedate_to_datetime(known["Last-Modified"]) <= parsedate_to_datetime(asked["If-Modified-Since"])
    else:
        has_it = False
    return Answer(304, b"", known) if has_it and answer.status == 200 else answer


def plain(text: str) -> Answer:
    return Answer(200, text.encode(), {"Content-Type": "text/plain; charset=UTF-8"})


def xml(text: str) -> Answer:
    return Answer(200, text.encode(), {"Content-Type": "application/xml; charset=UTF-8"})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise a body waits until its head is acknowledged: 40 ms per page
    server: "Server"

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        query = urlsplit(self.path).query
        self.server.site.requests.append((self.command, path, dict(self.headers), time.monotonic()))
        if self.server.tells:
            print(f"{time.monotonic():.3f} {self.client_address[0]} {self.command} {path}", flush=True)
        address = f"{path}?{query}" if query and isinstance(self.server.site, PagesReplica) else path
        answer = unless_unchanged(self.server.site.answer(address), self.headers)
        if answer.stall:
            self.server.stopping.wait(answer.stall)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(answer.body[: answer.cut_at])
        if answer.cut_at is not None:
            self.close_connection = True

    do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: tests read `requests`."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    tells = False
    """Whether each request is printed: the time in seconds, the client, the method and the path."""

    def __init__(self, port: int, site: Site, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.site = site
        self.stopping = threading.Event()
        site.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is not an error of the site."""


@contextmanager
def replica(port: int = 0) -> Iterator[Replica]:
    """Dawn's replica, served on 127.0.0.1 for the duration of a block; port 0 means a free port."""
    with served(Replica(), port) as site:
        yield site


@contextmanager
def served(site: SiteT, port: int = 0) -> Iterator[SiteT]:
    """Serves a site on 127.0.0.1 for the duration of a block; port 0 means a free port."""
    with Server(port, site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description="Replicas of newspapers on localhost.")
    parser.add_argument("sites", nargs="*", default=["dawn=9000"], metavar="NEWSPAPER=PORT", help="default: dawn=9000")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 inside a container")
    parser.add_argument(
        "--edits", action="store_true", help="change some of Dawn's stories each time they are requested"
    )
    arguments = parser.parse_args()
    with ExitStack() as stack:
        for name, port in (site.split("=") for site in arguments.sites):
            site = site_of(name)
            if arguments.edits and isinstance(site, Replica):
                site.edit()
            server = stack.enter_context(Server(int(port), site, arguments.host))
            server.tells = True
            print(f"the replica of {name} is at {server.site.url}", flush=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
