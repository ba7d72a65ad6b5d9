"""A site that misbehaves: the replica behind a server that breaks what it hands on, by a plan and a seed.

Everything is sent by hand, byte by byte where that matters, since no HTTP library sends what some servers do.
"""

import gzip
import random
import re
import socket
import socketserver
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from http import HTTPStatus

from tests.replica import Answer, Replica, replica

MIB = 1024 * 1024
ENDLESS = 60
"""Seconds after which the server gives up doing something for ever: no client waits as long."""


class GoneError(Exception):
    """The client hung up."""


@dataclass
class Exchange:
    """One request, and what the healthy site would answer."""

    path: str
    answer: Answer
    times: int
    """How often this path was asked for before."""
    chance: random.Random
    """The same for the same seed, fault, path and time."""
    connection: socket.socket
    stopping: threading.Event

    def send(self, data: bytes) -> None:
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise GoneError from error

    def head(self, status: int | None = None, **headers: str | None) -> None:
        """The status, the healthy one unless given, and headers. None leaves out one that the healthy site sends."""
        status = status or self.answer.status
        own = {"Content-Type": "text/html; charset=UTF-8", **self.answer.headers, "Connection": "close"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Odd"
        lines = [f"{name}: {value}" for name, value in {**own, **given}.items() if value is not None]
        self.send("\r\n".join([f"HTTP/1.1 {status} {phrase}", *lines, "", ""]).encode("latin-1"))

    def whole(self, body: bytes | None = None, status: int | None = None, **headers: str | None) -> None:
        """An answer as it should be, with this body and status or the healthy ones."""
        body = self.answer.body if body is None else body
        self.head(status, **{"Content_Length": str(len(body)), **headers})
        self.send(body)

    def wait(self, seconds: float) -> None:
        """Says nothing for a while, unless the client hangs up or the server is stopped."""
        if self.stopping.wait(seconds):
            raise GoneError

    def reset(self) -> None:
        """Ends the connection with a TCP reset in place of an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise GoneError


Misbehave = Callable[[Exchange], None]


@dataclass(frozen=True)
class Fault:
    """One way in which the site misbehaves."""

    name: str
    do: Misbehave
    says: str
    """A regular expression: what the run must say of it. Empty where there is nothing to say."""
    latest: bool = False
    """Whether the latest stories are read, else an edition."""
    strikes: str = "story"
    """Which requests can be struck: `story`, `listing`, `feed`, `sitemap` or `any`."""
    share: float = 0.3
    """Of these, how many are."""
    tries: int | None = None
    """How often each is struck; None: always."""
    after: int = 0
    """How many stories are asked for before the first strike."""
    spares: bool = False
    """Whether all stories can be had nevertheless."""
    seconds: float = 60
    """How long the run may take."""


def role_of(path: str) -> str:
    """What is asked for with a path."""
    if path.startswith("/news/"):
        return "story"
    if path.startswith("/feeds/"):
        return "sitemap" if path == "/feeds/sitemap" else "feed"
    return "robots" if path == "/robots.txt" else "listing"


@dataclass
class Hostile:
    """The misbehaving site. Without a fault it is the replica."""

    site: Replica
    seed: int
    url: str = ""
    trap: str = ""
    """An address on loopback that nobody may ask for anything."""
    fault: Fault | None = None
    asked: list[str] = field(default_factory=list)
    struck: set[str] = field(default_factory=set)
    trapped: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    times: Counter[str] = field(default_factory=Counter)

    def plan(self, fault: Fault | None) -> None:
        """From now on, this fault; what was asked so far is forgotten."""
        self.fault = fault
        self.asked, self.struck = [], set()
        self.times.clear()

    def strikes(self, path: str) -> bool:
        """Whether a request is struck: decided by the path, so that the order of requests changes nothing, unless the
        fault begins `after` some stories.
        """
        if self.fault is None or self.fault.strikes not in (role_of(path), "any"):
            return False
        if self.fault.tries is not None and self.times[path] >= self.fault.tries:
            return False
        if sum(times for asked, times in self.times.items() if role_of(asked) == "story") < self.fault.after:
            return False
        return role_of(path) != "robots" and self._chance(path).random() < self.fault.share

    def _chance(self, *about: object) -> random.Random:
        name = self.fault.name if self.fault else ""
        return random.Random(f"{self.seed} {name} {about}")  # noqa: S311 - nobody's secret hangs on it

    def serve(self, path: str, connection: socket.socket) -> None:
        self.asked.append(path)
        strikes, times = self.strikes(path), self.times[path]
        self.times[path] += 1
        exchange = Exchange(path, self.site.answer(path), times, self._chance(path, times), connection, self.stopping)
        if strikes and self.fault:
            self.struck.add(path)
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
                self.server.ask(line[1].partition("?")[0], self.connection)
        except (GoneError, OSError):
            pass


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self, ask: Callable[[str, socket.socket], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ask = ask

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def hostile(seed: int = 1) -> Iterator[Hostile]:
    """The misbehaving site, served on 127.0.0.1 for the length of a block, and a trap beside it."""
    with replica() as healthy:
        site = Hostile(healthy, seed)
        with _Server(site.serve) as server, _Server(lambda path, _: site.trapped.append(path)) as trap:
            site.url, site.trap = server.url, trap.url
            threads = [
                threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
                for each in (server, trap)
            ]
            for thread in threads:
                thread.start()
            try:
                yield site
            finally:
                site.stopping.set()
                for each in (server, trap):
                    each.shutdown()
                for thread in threads:
                    thread.join()


# --- statuses -------------------------------------------------------------------------------------------------------


def server_errors(to: Exchange) -> None:
    to.whole(b"broken", to.chance.choice([500, 502, 503, 504]))


def too_many(to: Exchange) -> None:
    to.whole(b"slowly", 429)


def wait_seconds(to: Exchange) -> None:
    to.whole(b"slowly", 429, Retry_After="1")


def wait_until(to: Exchange) -> None:
    to.whole(b"slowly", 429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True))


def wait_rubbish(to: Exchange) -> None:
    said = ["soon", "-5", "\xb2", "1e3", "", "Mon, 99 Foo 20261 25:61:61 GMT", "Fri, 31 Dec 0000 00:00:00 GMT"]
    to.whole(b"slowly", to.chance.choice([429, 503]), Retry_After=to.chance.choice(said))


def odd_status(to: Exchange) -> None:
    to.whole(b"<html><body>?</body></html>", to.chance.choice([299, 418, 451, 508, 599, 999]))


# --- bodies that come slowly, broken off or not at all --------------------------------------------------------------


def slow_body(to: Exchange) -> None:
    """The whole page, in twenty pieces over a second."""
    to.head(Content_Length=str(len(to.answer.body)))
    step = len(to.answer.body) // 20 + 1
    for start in range(0, len(to.answer.body), step):
        to.wait(0.05)
        to.send(to.answer.body[start : start + step])


def endless_drip(to: Exchange) -> None:
    """A page that never ends, a byte at a time."""
    to.head(Content_Length=None)
    for _ in range(ENDLESS * 5):
        to.wait(0.2)
        to.send(b" ")


def stall(to: Exchange) -> None:
    """Nothing at all, or a head and nothing more."""
    if to.chance.random() < 0.5:
        to.head(Content_Length="1000")
    to.wait(ENDLESS)


def reset(to: Exchange) -> None:
    """A reset in the middle of the body."""
    to.head(Content_Length=str(len(to.answer.body)))
    to.send(to.answer.body[: to.chance.randrange(len(to.answer.body) + 1)])
    to.reset()


def hang_up(to: Exchange) -> None:
    """An orderly end of the connection before a word was said."""


# --- lies about the body --------------------------------------------------------------------------------------------


def too_long(to: Exchange) -> None:
    to.whole(Content_Length=str(len(to.answer.body) + to.chance.randrange(1, 5000)))


def too_short(to: Exchange) -> None:
    to.whole(Content_Length=str(to.chance.randrange(len(to.answer.body))))


def no_number(to: Exchange) -> None:
    to.whole(Content_Length=to.chance.choice(["-1", "many", "1, 2", "9" * 30]))


def wrong_charset(to: Exchange) -> None:
    kinds = ["iso-8859-1", "koi8-r", "utf-16", "shift_jis", "utf-7", "hex", "nonsense-8", "", "'"]
    to.whole(Content_Type=f"text/html; charset={to.chance.choice(kinds)}")


def no_charset(to: Exchange) -> None:
    to.whole(Content_Type=to.chance.choice(["text/html", None]))


def chunked_rubbish(to: Exchange) -> None:
    to.head(Transfer_Encoding="chunked", Content_Length=None)
    body = to.answer.body
    to.send(
        to.chance.choice(
            [
                b"zz\r\n" + body + b"\r\n0\r\n\r\n",
                b"-5\r\n" + body,
                b"f" * 40 + b"\r\n" + body,
                b"%x\r\n%b\r\n" % (len(body), body),  # and no last chunk
                b"%x\r\n%b\r\nnothing more\r\n" % (len(body) // 2, body[: len(body) // 2]),
                b"1;" + b"x" * 100_000 + b"\r\na\r\n0\r\n\r\n",
                b"\x00\xff\r\n\r\n" * 100,
            ]
        )
    )


def rubbish_head(to: Exchange) -> None:
    to.send(
        to.chance.choice(
            [
                b"HTTP/9.9 twohundred\r\n\r\nbody",
                b"SSH-2.0-OpenSSH_9.9\r\n",
                b"HTTP/1.1 200 OK\r\nX: " + b"y" * MIB + b"\r\n\r\n",
                b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 50_000 + b"\r\n",
                b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
                b"\x16\x03\x01\x00\xff" * 100,
                b"HTTP/1.1 200 OK\r\n: nameless\r\nno colon\r\n\x00\r\n\r\nbody",
            ]
        )
    )


def other_packing(to: Exchange) -> None:
    """A body that is not packed as it says."""
    to.whole(Content_Encoding=to.chance.choice(["gzip", "deflate", "br", "zstd", "rot13", "gzip, gzip"]))


def torn_packing(to: Exchange) -> None:
    packed = gzip.compress(to.answer.body)
    to.whole(packed[: to.chance.randrange(1, len(packed))], Content_Encoding="gzip")


def cut(to: Exchange) -> None:
    """The first part of the page, as if it were the whole."""
    to.whole(to.answer.body[: to.chance.randrange(max(len(to.answer.body), 1))])


def binary(to: Exchange) -> None:
    to.whole(to.chance.randbytes(to.chance.randrange(1, 60_000)))


def feed_as_page(to: Exchange) -> None:
    to.whole(
        b'{"error": "not today"}', Content_Type=to.chance.choice(["application/json", "application/pdf", "text/css"])
    )


# --- too much -------------------------------------------------------------------------------------------------------


@cache
def bomb(size: int) -> bytes:
    """So many bytes of white space, packed to a thousandth."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(b" " * MIB) for _ in range(size // MIB)), packer.flush()])


def gzip_bomb(to: Exchange) -> None:
    to.whole(bomb(500 * MIB), Content_Encoding="gzip")


def huge(to: Exchange) -> None:
    """50 MB, announced or not."""
    announced = to.chance.random() < 0.5
    to.head(Content_Length=str(50 * MIB) if announced else None)
    for _ in range(50):
        to.send(b"<p>word</p>" * (MIB // 11))


def deep(to: Exchange) -> None:
    """A page of elements within elements, 100,000 deep."""
    to.whole(b"<html><body>" + b"<div><b>" * 50_000 + b"</html>")


def many_cards(to: Exchange) -> None:
    """A listing of a hundred thousand boxes."""
    card = b"<aside><div><h4>Editorial</h4></div></aside>"
    to.whole(to.answer.body.replace(b"</body>", card * 100_000 + b"</body>"))


def million_sitemap(to: Exchange) -> None:
    """A million entries, packed."""
    to.whole(_million(), Content_Encoding="gzip", Content_Type="application/xml")


@cache
def _million() -> bytes:
    entries = (f"<url><loc>https://www.dawn.com/news/{n}/x</loc></url>" for n in range(8_000_000, 9_000_000))
    head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return gzip.compress("".join([head, *entries, "</urlset>"]).encode(), 1)


def long_sitemap(to: Exchange) -> None:
    """As many entries as fit under the largest page that is read: they lead nowhere."""
    entries = "".join(f"<url><loc>/news/{number}</loc></url>" for number in range(8_000_000, 8_200_000))
    head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    to.whole(f"{head}{entries}</urlset>".encode(), Content_Type="application/xml")


def laughs(to: Exchange) -> None:
    """A feed with entities that multiply, and one that would read a file of ours."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    dtd = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{entities}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    body = to.answer.body.decode().replace("<rss", f"{dtd}<rss", 1).replace("<item>", "<item><dc>&e11;&file;</dc>")
    to.whole(body.encode())


def stale(to: Exchange) -> None:
    """A feed that has stood still for years."""
    to.whole(re.sub(rb"<pubDate>[^<]*", b"<pubDate>Fri, 22 Jan 2016 08:00:00 +0500", to.answer.body))


# --- elsewhere ------------------------------------------------------------------------------------------------------


def endless_redirect(to: Exchange) -> None:
    """To the same story under another slug, for ever; or to itself."""
    story = re.match(r"/news/\d+", to.path)
    to.whole(b"", 302, Location=f"{story[0] if story else to.path}/{to.chance.randrange(10**9)}")


def redirect_away(trap: str) -> Misbehave:
    """Off the site: to another port of loopback, to the address that hands out a cloud's keys, to files."""

    def do(to: Exchange) -> None:
        story = re.match(r"/news/\d+", to.path)
        path = story[0] if story else to.path
        there = [
            f"{trap}{path}",
            f"{trap.replace('http:', '')}{path}",
            f"http://169.254.169.254{path}",
            f"http://[::1]:22{path}",
            f"http://localhost:{trap.rpartition(':')[2]}{path}",
            f"http://www.dawn.com@{trap.removeprefix('http://')}{path}",
            "file:///etc/passwd",
            f"ftp://127.0.0.1{path}",
            "javascript:alert(1)",
            "http://[",
            "\x00\xff",
            "",
        ]
        to.whole(b"", to.chance.choice([301, 302, 303, 307, 308]), Location=to.chance.choice(there))

    return do


CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


def challenge(to: Exchange) -> None:
    to.whole(CHALLENGE, to.chance.choice([200, 403, 503]), cf_mitigated="challenge")


def anything(trap: str) -> Misbehave:
    """Another fault for each request."""
    cheap = [
        *(server_errors, too_many, wait_rubbish, odd_status, slow_body, reset, hang_up, too_long, too_short, no_number),
        *(wrong_charset, no_charset, chunked_rubbish, rubbish_head, other_packing, torn_packing, cut, binary),
        *(feed_as_page, endless_redirect, redirect_away(trap)),
    ]

    def do(to: Exchange) -> None:
        to.chance.choice(cheap)(to)

    return do


REFUSED = "blocked by the site"
"""What a crawl says, and of nothing else, when it stops because the newspaper does not want to be read."""
UNREACHABLE = "cannot be reached"
"""And when it stops because the site says nothing to anything."""
SAYS_WHY = r"coverage: saw \d+ of \d+ stories stored"


def faults(trap: str) -> list[Fault]:
    """All of them, each to be tried by itself. `trap` is an address that nobody may ask."""
    return [
        Fault("5xx bursts: two in a row", server_errors, "waiting", strikes="any", share=0.15, tries=2, spares=True),
        Fault("5xx for ever", server_errors, SAYS_WHY, share=0.1, seconds=90),
        Fault("429 without Retry-After", too_many, "answered 429", tries=1, spares=True),
        Fault("429 with Retry-After in seconds", wait_seconds, "waiting 1 s", tries=1, spares=True),
        Fault("429 with Retry-After as a date", wait_until, "answered 429", tries=1, spares=True),
        Fault("Retry-After that is neither", wait_rubbish, "waiting", tries=1, spares=True),
        Fault("statuses nobody has heard of", odd_status, SAYS_WHY),
        Fault("slow bodies", slow_body, "", spares=True),
        Fault("bodies that never end", endless_drip, SAYS_WHY, share=0.1, seconds=120),
        Fault("stalls", stall, "DownloadTimeoutError", share=0.1, seconds=120),
        Fault("a site that stalls altogether", stall, UNREACHABLE, strikes="any", share=1, seconds=120),
        Fault("resets in the middle of a body, once", reset, "", strikes="any", tries=1, spares=True),
        Fault("resets in the middle of a body, always", reset, SAYS_WHY, share=0.15, seconds=90),
        Fault("hanging up before a word", hang_up, SAYS_WHY, share=0.15, seconds=90),
        Fault("Content-Length too long", too_long, SAYS_WHY, share=0.15, seconds=90),
        Fault("Content-Length too short", too_short, "cut short", share=0.2),
        Fault("Content-Length that is no number", no_number, "", share=0.2, seconds=90),
        Fault("wrong charset", wrong_charset, "", strikes="any", share=0.7, spares=True),
        Fault("no charset, no type", no_charset, "", strikes="any", share=0.7, spares=True),
        Fault("chunked rubbish", chunked_rubbish, SAYS_WHY, share=0.2, seconds=90),
        Fault("rubbish in place of a head", rubbish_head, SAYS_WHY, share=0.2, seconds=120),
        Fault("bodies not packed as they say", other_packing, SAYS_WHY, share=0.2),
        Fault("gzip bodies cut at any byte", torn_packing, SAYS_WHY, share=0.2),
        Fault("HTML cut at any byte", cut, "cut short", strikes="any", share=0.3),
        Fault("binary as HTML", binary, SAYS_WHY, share=0.3),
        Fault("JSON, PDF and CSS in place of a page", feed_as_page, "not an HTML page", share=0.3),
        Fault("gzip bombs of 500 MB", gzip_bomb, SAYS_WHY, share=0.2),
        Fault("pages of 50 MB", huge, SAYS_WHY, share=0.2),
        Fault("elements 100,000 deep", deep, SAYS_WHY, share=0.3),
        Fault("a listing of 100,000 boxes", many_cards, "", strikes="listing", spares=True),
        Fault("endless redirects", endless_redirect, SAYS_WHY, share=0.2),
        Fault("redirects off the site, to loopback, link-local, files", redirect_away(trap), "moved", share=0.5),
        Fault("a challenge page after twenty stories", challenge, REFUSED, strikes="any", share=1, after=20),
        Fault("a feed of multiplying entities", laughs, "", latest=True, strikes="feed", share=1, spares=True),
        Fault("a sitemap of a million entries", million_sitemap, "sitemap", latest=True, strikes="sitemap", share=1),
        Fault("a sitemap of 200,000 entries", long_sitemap, "sitemap", latest=True, strikes="sitemap", share=1),
        Fault("stale feeds that answer 200", stale, "is stale", latest=True, strikes="feed", share=1),
        Fault("feeds cut at any byte", cut, "cut short", latest=True, strikes="feed", share=1),
        Fault("binary as a feed", binary, "not an XML feed", latest=True, strikes="feed", share=1),
        *(
            Fault(f"all of these at once, seed {n}", anything(trap), "", strikes="any", share=0.2, seconds=180)
            for n in range(1, 4)
        ),
    ]
