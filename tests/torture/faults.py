"""A site that misbehaves: a server in front of the replica that breaks its answers, by a plan and a seed.

It writes to the socket itself, since no HTTP library can send what some servers send.
"""

import gzip
import random
import re
import socket
import socketserver
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from http import HTTPStatus

from tests.replica import Answer, Replica, replica
from tests.torture.trials import SEED

MIB = 1024 * 1024
GIVE_UP = 60
"""Seconds after which the server stops an endless answer: no client waits that long."""
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


class GoneError(Exception):
    """The connection is over: the client hung up, or the fault ended it."""


@dataclass
class Exchange:
    """One request, and what the healthy site would answer."""

    path: str
    answer: Answer
    rng: random.Random
    """Gives the same numbers for the same seed, fault, path and number of earlier requests for the path."""
    connection: socket.socket
    stopping: threading.Event
    trap: str
    """An address on loopback that must not be requested."""

    def send(self, data: bytes) -> None:
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise GoneError from error

    def head(self, status: int | None = None, **headers: str | None) -> None:
        """Sends the status line and headers, those of the healthy answer unless given. None leaves out a header."""
        status = status or self.answer.status
        own = {"Content-Type": "text/html; charset=UTF-8", **self.answer.headers, "Connection": "close"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Odd"
        lines = [f"{name}: {value}" for name, value in {**own, **given}.items() if value is not None]
        self.send("\r\n".join([f"HTTP/1.1 {status} {phrase}", *lines, "", ""]).encode("latin-1"))

    def whole(self, body: bytes | None = None, status: int | None = None, **headers: str | None) -> None:
        """Sends a complete answer: the healthy one, except for what is given."""
        body = self.answer.body if body is None else body
        self.head(status, **{"Content_Length": str(len(body)), **headers})
        self.send(body)

    def pause(self, seconds: float) -> None:
        """Sends nothing for a while, or until the server stops."""
        if self.stopping.wait(seconds):
            raise GoneError

    def reset(self) -> None:
        """Ends the connection with a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise GoneError


Misbehave = Callable[[Exchange], None]


@dataclass(frozen=True)
class Fault:
    """One way in which the site misbehaves."""

    name: str
    do: Misbehave
    message: str
    """A regular expression that the run's output must match; empty if the run need not report anything."""
    latest: bool = False
    """Whether the run reads the latest stories, else an edition."""
    affects: str = "story"
    """Which requests can be affected: `story`, `listing`, `feed`, `sitemap` or `any`."""
    share: float = 0.3
    """The share of these that is affected."""
    tries: int | None = None
    """How many requests for an affected path get a faulty answer; None: all of them."""
    after: int = 0
    """How many stories are requested before the first faulty answer."""
    harmless: bool = False
    """Whether every story is obtainable despite the fault."""
    timeout: float = 60
    """Seconds that the run may take."""
    times = 1
    quick = False


def role_of(path: str) -> str:
    """The kind of page at a path."""
    if path.startswith("/news/"):
        return "story"
    if path.startswith("/feeds/"):
        return "sitemap" if path == "/feeds/sitemap" else "feed"
    return "robots" if path == "/robots.txt" else "listing"


@dataclass
class HostileSite:
    """The misbehaving site. Without a fault it answers as the replica does."""

    replica: Replica
    url: str = ""
    trap: str = ""
    fault: Fault | None = None
    requested: list[str] = field(default_factory=list)
    affected: set[str] = field(default_factory=set)
    """Paths that got a faulty answer."""
    trapped: list[str] = field(default_factory=list)
    """Paths that were requested from the trap."""
    stopping: threading.Event = field(default_factory=threading.Event)

    def plan(self, fault: Fault | None) -> None:
        """Misbehaves in this way from now on, and forgets earlier requests."""
        self.fault = fault
        self.requested, self.affected = [], set()

    def affects(self, path: str) -> bool:
        """Whether the next request for a path gets a faulty answer.

        It depends on the path, so that the order of requests does not matter unless the fault begins `after` some.
        """
        if self.fault is None or role_of(path) == "robots" or self.fault.affects not in (role_of(path), "any"):
            return False
        if self.fault.tries is not None and self.requested.count(path) >= self.fault.tries:
            return False
        if sum(role_of(earlier) == "story" for earlier in self.requested) < self.fault.after:
            return False
        return self._rng(path).random() < self.fault.share

    def _rng(self, *about: object) -> random.Random:
        name = self.fault.name if self.fault else ""
        return random.Random(f"{SEED} {name} {about}")  # noqa: S311 - not used for secrets

    def serve(self, path: str, connection: socket.socket) -> None:
        affected, rng = self.affects(path), self._rng(path, self.requested.count(path))
        self.requested.append(path)
        exchange = Exchange(path, self.replica.answer(path), rng, connection, self.stopping, self.trap)
        if affected and self.fault:
            self.affected.add(path)
            self.fault.do(exchange)
        else:
            exchange.whole()


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        try:
            line = self.rfile.readline(100_000).decode("latin-1").split()
            while self.rfile.readline(100_000) not in (b"\r\n", b"\n", b""):
                pass
            if len(line) == 3:
                self.server.answer(line[1].partition("?")[0], self.connection)
        except (GoneError, OSError):
            pass


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self, answer: Callable[[str, socket.socket], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def hostile_site() -> Iterator[HostileSite]:
    """The misbehaving site and its trap, served on 127.0.0.1 for the duration of a block."""
    with ExitStack() as stack:
        site = HostileSite(stack.enter_context(replica()))
        server = stack.enter_context(_Server(site.serve))
        trap = stack.enter_context(_Server(lambda path, _: site.trapped.append(path)))
        for each in (server, trap):
            thread = threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(each.shutdown)
        stack.callback(site.stopping.set)
        site.url, site.trap = server.url, trap.url
        yield site


# --- statuses -------------------------------------------------------------------------------------------------------


def server_errors(to: Exchange) -> None:
    to.whole(b"broken", to.rng.choice([500, 502, 503, 504]))


def too_many(to: Exchange) -> None:
    to.whole(b"slowly", 429)


def retry_after_seconds(to: Exchange) -> None:
    to.whole(b"slowly", 429, Retry_After="1")


def retry_after_date(to: Exchange) -> None:
    to.whole(b"slowly", 429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True))


def retry_after_invalid(to: Exchange) -> None:
    values = ["soon", "-5", "\xb2", "1e3", "", "Mon, 99 Foo 20261 25:61:61 GMT", "Fri, 31 Dec 0000 00:00:00 GMT"]
    to.whole(b"slowly", to.rng.choice([429, 503]), Retry_After=to.rng.choice(values))


def unknown_status(to: Exchange) -> None:
    to.whole(b"<html><body>?</body></html>", to.rng.choice([299, 418, 451, 508, 599, 999]))


# --- slow, interrupted and missing bodies ---------------------------------------------------------------------------


def slow_body(to: Exchange) -> None:
    """The whole page, in twenty pieces over a second."""
    to.head(Content_Length=str(len(to.answer.body)))
    step = len(to.answer.body) // 20 + 1
    for start in range(0, len(to.answer.body), step):
        to.pause(0.05)
        to.send(to.answer.body[start : start + step])


def endless_body(to: Exchange) -> None:
    """A page that never ends, a byte at a time."""
    to.head(Content_Length=None)
    for _ in range(GIVE_UP * 5):
        to.pause(0.2)
        to.send(b" ")


def stall(to: Exchange) -> None:
    """Nothing at all, or headers and nothing more."""
    if to.rng.random() < 0.5:
        to.head(Content_Length="1000")
    to.pause(GIVE_UP)


def reset(to: Exchange) -> None:
    """A TCP reset in the middle of the body."""
    to.head(Content_Length=str(len(to.answer.body)))
    to.send(to.answer.body[: to.rng.randrange(len(to.answer.body) + 1)])
    to.reset()


def hang_up(to: Exchange) -> None:
    """An orderly end of the connection without a response."""


# --- headers that do not match the body -----------------------------------------------------------------------------


def length_too_long(to: Exchange) -> None:
    to.whole(Content_Length=str(len(to.answer.body) + to.rng.randrange(1, 5000)))


def length_too_short(to: Exchange) -> None:
    to.whole(Content_Length=str(to.rng.randrange(len(to.answer.body))))


def length_invalid(to: Exchange) -> None:
    to.whole(Content_Length=to.rng.choice(["-1", "many", "1, 2", "9" * 30]))


def wrong_charset(to: Exchange) -> None:
    kinds = ["iso-8859-1", "koi8-r", "utf-16", "shift_jis", "utf-7", "hex", "nonsense-8", "", "'"]
    to.whole(Content_Type=f"text/html; charset={to.rng.choice(kinds)}")


def no_charset(to: Exchange) -> None:
    to.whole(Content_Type=to.rng.choice(["text/html", None]))


def invalid_chunks(to: Exchange) -> None:
    to.head(Transfer_Encoding="chunked", Content_Length=None)
    body = to.answer.body
    bodies = (
        b"zz\r\n" + body + b"\r\n0\r\n\r\n",
        b"-5\r\n" + body,
        b"f" * 40 + b"\r\n" + body,
        b"%x\r\n%b\r\n" % (len(body), body),  # without the last chunk
        b"%x\r\n%b\r\nnothing more\r\n" % (len(body) // 2, body[: len(body) // 2]),
        b"1;" + b"x" * 100_000 + b"\r\na\r\n0\r\n\r\n",
        b"\x00\xff\r\n\r\n" * 100,
    )
    to.send(to.rng.choice(bodies))


def invalid_head(to: Exchange) -> None:
    heads = (
        b"HTTP/9.9 twohundred\r\n\r\nbody",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * MIB + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 50_000 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
        b"\x16\x03\x01\x00\xff" * 100,
        b"HTTP/1.1 200 OK\r\n: nameless\r\nno colon\r\n\x00\r\n\r\nbody",
    )
    to.send(to.rng.choice(heads))


def wrong_content_encoding(to: Exchange) -> None:
    to.whole(Content_Encoding=to.rng.choice(["gzip", "deflate", "br", "zstd", "rot13", "gzip, gzip"]))


def truncated_gzip(to: Exchange) -> None:
    packed = gzip.compress(to.answer.body)
    to.whole(packed[: to.rng.randrange(1, len(packed))], Content_Encoding="gzip")


def truncated(to: Exchange) -> None:
    """The first part of the page, without its length, so that the end of the connection looks like its end."""
    to.whole(to.answer.body[: to.rng.randrange(max(len(to.answer.body), 1))], Content_Length=None)


def binary(to: Exchange) -> None:
    to.whole(to.rng.randbytes(to.rng.randrange(1, 60_000)))


def other_content_type(to: Exchange) -> None:
    kinds = ["application/json", "application/pdf", "text/css"]
    to.whole(b'{"error": "not today"}', Content_Type=to.rng.choice(kinds))


# --- too much -------------------------------------------------------------------------------------------------------


@cache
def bomb(size: int) -> bytes:
    """This many bytes of spaces, compressed to a thousandth of that."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(b" " * MIB) for _ in range(size // MIB)), packer.flush()])


def gzip_bomb(to: Exchange) -> None:
    to.whole(bomb(500 * MIB), Content_Encoding="gzip")


def huge(to: Exchange) -> None:
    """50 MB, with or without a Content-Length."""
    announced = to.rng.random() < 0.5
    to.head(Content_Length=str(50 * MIB) if announced else None)
    for _ in range(50):
        to.send(b"<p>word</p>" * (MIB // 11))


def deep(to: Exchange) -> None:
    to.whole(b"<html><body>" + b"<div><b>" * 50_000 + b"</html>")


def many_sidebars(to: Exchange) -> None:
    sidebar = b"<aside><div><h4>Editorial</h4></div></aside>"
    to.whole(to.answer.body.replace(b"</body>", sidebar * 100_000 + b"</body>"))


@cache
def packed_sitemap(entries: int) -> bytes:
    numbers = range(8_000_000, 8_000_000 + entries)
    urls = (f"<url><loc>https://www.dawn.com/news/{number}/x</loc></url>" for number in numbers)
    return gzip.compress("".join([SITEMAP, *urls, "</urlset>"]).encode(), 1)


def million_sitemap(to: Exchange) -> None:
    to.whole(packed_sitemap(1_000_000), Content_Encoding="gzip", Content_Type="application/xml")


def long_sitemap(to: Exchange) -> None:
    """As many entries as fit into the largest page that is read; none of the stories exists."""
    entries = "".join(f"<url><loc>/news/{number}</loc></url>" for number in range(8_000_000, 8_200_000))
    to.whole(f"{SITEMAP}{entries}</urlset>".encode(), Content_Type="application/xml")


def entity_bomb(to: Exchange) -> None:
    """A feed with entities that multiply, and one that would read a local file."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    dtd = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{entities}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    body = to.answer.body.decode().replace("<rss", f"{dtd}<rss", 1).replace("<item>", "<item><dc>&e11;&file;</dc>")
    to.whole(body.encode())


def stale(to: Exchange) -> None:
    """A feed that has not changed for years."""
    to.whole(re.sub(rb"<pubDate>[^<]*", b"<pubDate>Fri, 22 Jan 2016 08:00:00 +0500", to.answer.body))


# --- redirects and challenges ---------------------------------------------------------------------------------------


def page_of(path: str) -> str:
    """A story's path without its slug; other paths as they are."""
    story = re.match(r"/news/\d+", path)
    return story[0] if story else path


def endless_redirect(to: Exchange) -> None:
    """Redirects to the same story under another slug, each time."""
    to.whole(b"", 302, Location=f"{page_of(to.path)}/{to.rng.randrange(10**9)}")


def redirect_away(to: Exchange) -> None:
    """Redirects off the site: to another loopback port, to the address of cloud credentials, to files."""
    path = page_of(to.path)
    targets = [
        f"{to.trap}{path}",
        f"{to.trap.replace('http:', '')}{path}",
        f"http://169.254.169.254{path}",
        f"http://[::1]:22{path}",
        f"http://localhost:{to.trap.rpartition(':')[2]}{path}",
        f"http://www.dawn.com@{to.trap.removeprefix('http://')}{path}",
        "file:///etc/passwd",
        f"ftp://127.0.0.1{path}",
        "javascript:alert(1)",
        "http://[",
        "\x00\xff",
        "",
    ]
    to.whole(b"", to.rng.choice([301, 302, 303, 307, 308]), Location=to.rng.choice(targets))


def challenge(to: Exchange) -> None:
    to.whole(CHALLENGE, to.rng.choice([200, 403, 503]), cf_mitigated="challenge")


def any_fault(to: Exchange) -> None:
    """A different fault for each request, chosen from the fast ones."""
    cheap: list[Misbehave] = [
        *(server_errors, too_many, retry_after_invalid, unknown_status, slow_body, reset, hang_up, length_too_long),
        *(length_too_short, length_invalid, wrong_charset, no_charset, invalid_chunks, invalid_head),
        *(wrong_content_encoding, truncated_gzip, truncated, binary, other_content_type, endless_redirect),
        redirect_away,
    ]
    to.rng.choice(cheap)(to)


BLOCKED = "blocked by the site"
"""In the output of a run that stopped because the site blocks the crawler, and in no other."""
UNREACHABLE = "cannot be reached"
"""In the output of a run that stopped because the site does not answer at all."""
COVERAGE = r"coverage: found \d+ of \d+ stories stored"

FAULTS = [
    Fault("5xx errors, two in a row", server_errors, "retrying in", affects="any", share=0.15, tries=2, harmless=True),
    Fault("5xx errors, permanent", server_errors, COVERAGE, share=0.1, timeout=90),
    Fault("429 without Retry-After", too_many, "answered 429", tries=1, harmless=True),
    Fault("429 with Retry-After in seconds", retry_after_seconds, "retrying in 1 s", tries=1, harmless=True),
    Fault("429 with Retry-After as a date", retry_after_date, "answered 429", tries=1, harmless=True),
    Fault("429 or 503 with an invalid Retry-After", retry_after_invalid, "retrying in", tries=1, harmless=True),
    Fault("unknown status codes", unknown_status, COVERAGE),
    Fault("slow bodies", slow_body, "", harmless=True),
    Fault("endless bodies", endless_body, COVERAGE, share=0.1, timeout=120),
    Fault("stalled responses", stall, "DownloadTimeoutError", share=0.1, timeout=120),
    Fault("every request stalls", stall, UNREACHABLE, affects="any", share=1, timeout=120),
    Fault("connection reset mid-body, once", reset, "", affects="any", tries=1, harmless=True),
    Fault("connection reset mid-body, always", reset, COVERAGE, share=0.15, timeout=90),
    Fault("connection closed without a response", hang_up, COVERAGE, share=0.15, timeout=90),
    Fault("Content-Length too long", length_too_long, COVERAGE, share=0.15, timeout=90),
    Fault("Content-Length too short", length_too_short, "cut short", share=0.2),
    Fault("Content-Length that is not a number", length_invalid, "", share=0.2, timeout=90),
    Fault("wrong charset", wrong_charset, "", affects="any", share=0.7, harmless=True),
    Fault("no charset or no Content-Type", no_charset, "", affects="any", share=0.7, harmless=True),
    Fault("invalid chunked encoding", invalid_chunks, COVERAGE, share=0.2, timeout=90),
    Fault("invalid status line or headers", invalid_head, COVERAGE, share=0.2, timeout=120),
    Fault("Content-Encoding that does not match the body", wrong_content_encoding, COVERAGE, share=0.2),
    Fault("truncated gzip bodies", truncated_gzip, COVERAGE, share=0.2),
    Fault("truncated HTML", truncated, "cut short", affects="any", share=0.3),
    Fault("binary data as HTML", binary, COVERAGE, share=0.3),
    Fault("JSON, PDF or CSS instead of a page", other_content_type, "not an HTML page", share=0.3),
    Fault("gzip bombs of 500 MB", gzip_bomb, COVERAGE, share=0.2),
    Fault("pages of 50 MB", huge, COVERAGE, share=0.2),
    Fault("elements nested 100,000 deep", deep, COVERAGE, share=0.3),
    Fault("a listing with 100,000 sidebars", many_sidebars, "", affects="listing", harmless=True),
    Fault("endless redirects", endless_redirect, COVERAGE, share=0.2),
    Fault("redirects to other hosts, loopback, link-local addresses and files", redirect_away, "moved", share=0.5),
    Fault("a challenge page after twenty stories", challenge, BLOCKED, affects="any", share=1, after=20),
    Fault("a feed with an entity bomb", entity_bomb, "", latest=True, affects="feed", share=1, harmless=True),
    Fault("a sitemap of a million entries", million_sitemap, "sitemap", latest=True, affects="sitemap", share=1),
    Fault("a sitemap of 200,000 entries", long_sitemap, "sitemap", latest=True, affects="sitemap", share=1),
    Fault("stale feeds that answer 200", stale, "is stale", latest=True, affects="feed", share=1),
    Fault("truncated feeds", truncated, "cut short", latest=True, affects="feed", share=1),
    Fault("binary data as a feed", binary, "not an XML feed", latest=True, affects="feed", share=1),
    *(
        Fault(f"a different fault for each request, draw {n}", any_fault, "", affects="any", share=0.2, timeout=180)
        for n in range(1, 4)
    ),
]
