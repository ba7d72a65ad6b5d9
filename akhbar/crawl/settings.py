"""Scrapy's settings: only what differs from its defaults, each with the reason.

They stand here and not among the spiders because they follow from the environment, which only `akhbar.settings`
reads.
"""

from scrapy.settings import default_settings

from akhbar import settings

BOT_NAME = "akhbar"
SPIDER_MODULES: list[str] = []  # spiders come from the registry of newspapers
SPIDER_LOADER_CLASS = "akhbar.crawl.loader.NewspaperSpiderLoader"

# Polite: who we are, one request at a time, a pause between two, robots.txt obeyed.
CONTACT = settings.contact()
USER_AGENT = f"akhbar/0.1 (newspaper archive; {CONTACT or 'no contact given'})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "akhbar"
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = settings.delay("https://live.invalid")
DOWNLOAD_DELAY_JITTER = 0  # a random pause is half of the time shorter than the one that was promised
DOWNLOAD_SLOTS = {
    host: {"concurrency": 1, "delay": settings.delay(f"http://{host}"), "jitter": 0}
    for host in ("127.0.0.1", "localhost")
}
BASE_URLS = settings.base_urls()

# Patient: see spiders.politeness.
RETRY_TIMES = 4
RETRY_PRIORITY_ADJUST = 1  # what was waited for is asked for next
DOWNLOAD_TIMEOUT = settings.timeout()
DNS_TIMEOUT = 10  # Scrapy tries a name several times: an unreachable host would take minutes
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # the largest page seen is 0.6 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = dict.fromkeys(("data", "file", "ftp", "s3"))  # web pages and nothing else
DOWNLOADER_MIDDLEWARES = {
    "spiders.politeness.RetryAfterMiddleware": 550,
    "spiders.politeness.SamePageRedirectMiddleware": 600,
    "spiders.politeness.ChallengeMiddleware": 560,  # sees the unpacked body, before a retry is thought of
}
REDIRECT_MAX_TIMES = 5

SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # in the order of the paper

# Cheap: Scrapy starts CONCURRENT_ITEMS tasks for every response (scrapy issue 5182).
CONCURRENT_ITEMS = 1
# It reads and parses the source of each callback again for every response: an eighth of a crawl.
WARN_ON_GENERATOR_RETURN_VALUE = False

# Not there: Scrapy imports also what is set to None or switched off, a tenth of a crawl's start.
unused = ("CookiesMiddleware", "HttpCacheMiddleware", "RemoteControl", "TelnetConsole")
replaced = ("MetaRefreshMiddleware", "RedirectMiddleware", "RetryMiddleware")
EXTENSIONS_BASE, DOWNLOADER_MIDDLEWARES_BASE = (
    {name: place for name, place in known.items() if name.rpartition(".")[2] not in unused + replaced}
    for known in (default_settings.EXTENSIONS_BASE, default_settings.DOWNLOADER_MIDDLEWARES_BASE)
)

# Quiet: the log is in the caller's hands.
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
