"""A generated edition: thousands of pages of some 70 KB in Dawn's markup, served by nginx on this machine."""

import getpass
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from jinja2 import Environment, FileSystemLoader

from akhbar.local.postgres import Server, free_port
from akhbar.newspapers import newspaper
from bench.stories import Writer
from tests.conftest import fresh_news, migrated_server

EDITION = date(2020, 2, 2)
FIRST_STORY = 7_000_000
ON_DISK = Path("/var/tmp")  # noqa: S108 - temporary folders are made in it: /tmp may be in memory
NO_SITE = "http://127.0.0.1:9"
"""The address of a newspaper that is not crawled."""
CARDS = 23
"""Teasers of other stories on each story page, above the sidebar: they make it as long as a real page."""

templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True, auto_reload=False)

NGINX = """\
worker_processes 1; daemon off; {user} pid {folder}/nginx.pid; error_log stderr warn;
events {{ worker_connections 512; }}
http {{
    access_log off; sendfile on; default_type text/html; charset utf-8; types {{ text/html html; text/plain txt; }}
    client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
    server {{
        listen 127.0.0.1:{port}; root {folder}/site;
        location / {{ try_files $uri $uri.html =404; }}
        location ~ ^/news/(\\d+) {{ try_files /news/$1.html =404; }}
    }}
}}
"""


@dataclass(frozen=True)
class Site:
    """A served edition, and a Postgres server to load it into."""

    folder: Path
    url: str
    paths: list[str]
    """Of its stories."""
    server: Server

    @property
    def page_size(self) -> float:
        """Bytes of a story's page, on average."""
        return sum(file.stat().st_size for file in (self.folder / "site" / "news").iterdir()) / len(self.paths)

    def database(self) -> str:
        """The URL of a fresh migrated database."""
        return fresh_news(self.server).admin

    def empty_database(self) -> str:
        return self.server.create_database(f"bench_{next(numbers)}")

    def environment(self, database: str) -> dict[str, str]:
        """Environment variables with which `akhbar` reads the edition into a database."""
        archive = self.folder / f"archive-{next(numbers)}"
        return {"AKHBAR_DATABASE_URL": database, "AKHBAR_DAWN_BASE_URL": self.url, "AKHBAR_ARCHIVE": str(archive)}


numbers = count()


@contextmanager
def edition(stories: int) -> Iterator[Site]:
    """An edition of so many stories, served for the length of a block. Raises `NginxMissingError`."""
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        paths = make_site(folder / "site", stories)
        with nginx(folder) as url, migrated_server(folder / "postgres") as server:
            yield Site(folder, url, paths, server)


class NginxMissingError(Exception):
    """nginx, which serves the pages, is not installed."""


def make_site(folder: Path, stories: int) -> list[str]:
    """Writes the pages of an edition into a folder. Returns the paths of its stories, `/news/<number>`."""
    write = Writer(seed=7)
    draw = random.Random(7)  # noqa: S311 - not used for secrets
    print_edition = newspaper("dawn").print_edition
    slugs = list(print_edition.sections)
    numbers = range(FIRST_STORY, FIRST_STORY + stories)
    titles = {number: write.sentence(9) for number in numbers}
    code = "\n".join(f"window.q{n} = {{'{write.sentence(6)}': {n}}};" for n in range(170))
    side = [{"number": n, "title": write.sentence(9), "excerpt": write.sentence(18)} for n in range(400)]
    in_box = numbers[slugs.index("editorial") :: len(slugs)][:3]
    editorials = [{"number": n, "title": titles[n], "excerpt": write.sentence(18)} for n in in_box]
    (folder / "news").mkdir(parents=True)
    story_page, section_page = templates.get_template("story.html"), templates.get_template("section.html")
    for number in numbers:
        at = f"{EDITION}T{draw.randrange(1, 8):02}:{draw.randrange(60):02}:00+05:00"
        page = story_page.render(
            number=number,
            title=titles[number],
            excerpt=write.sentence(20),
            writer=write.sentence(2).title(),
            published=at,
            edition=EDITION,
            paragraphs=draw.choices(write.paragraphs, k=draw.randint(6, 14)),
            cards=draw.sample(side, CARDS),
            editorials=editorials,
            code=code,
        )
        (folder / "news" / f"{number}.html").write_text(page, encoding="utf-8")
    for place, slug in enumerate(slugs):
        mine = numbers[place :: len(slugs)]
        listed = [{"number": n, "title": titles[n], "excerpt": write.sentence(18)} for n in mine]
        target = folder / f"{print_edition.listing(slug, EDITION)[1:]}.html"
        target.parent.mkdir(parents=True)
        target.write_text(section_page.render(cards=listed, edition=EDITION, code=code), encoding="utf-8")
    (folder / "robots.txt").write_text("User-agent: *\nDisallow: /search\n")
    return [f"/news/{number}" for number in numbers]


def nginx_version() -> str:
    """Such as "nginx/1.22.1". Raises `NginxMissingError`."""
    printed = subprocess.run([_nginx(), "-v"], capture_output=True, text=True, check=True).stderr
    return printed.rpartition(": ")[2].strip()


def _nginx() -> str:
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        raise NginxMissingError("nginx is not installed: run apt-get install nginx-light")
    return program


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """Serves `<folder>/site` on a free port of 127.0.0.1 for the length of a block. Yields the address.

    Raises `NginxMissingError`.
    """
    program = _nginx()
    port = free_port()
    (folder / "tmp").mkdir(exist_ok=True)
    user = "user root;" if getpass.getuser() == "root" else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf", "-e", "stderr"])
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                urlopen(f"{url}/robots.txt").close()  # noqa: S310 - our own server
                break
            except URLError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()
