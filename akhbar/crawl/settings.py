"""Scrapy settings: only those that differ from the defaults, each with the reason.

They are here rather than in `spiders/` because they depend on the environment, which only `akhbar.settings` reads.
"""

from scrapy.settings import default_settings

from akhbar import settings

BOT_NAME = "akhbar"
SPIDER_MODULES: list[str] = []  # spiders come from the registry of newspapers
SPIDER_LOADER_CLASS = "akhbar.crawl.loader.NewspaperSpiderLoader"

# Politeness: a contact address, one request at a time with a pause in between, robots.txt respected.
CONTACT = settings.contact()
USER_AGENT = settings.user_agent()
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "akhbar"
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = settings.delay("https://live.invalid")
DOWNLOAD_DELAY_JITTER = 0  # half of all random pauses would be shorter than the delay
DOWNLOAD_SLOTS = {
    host: {"concurrency": 1, "delay": settings.delay(f"http://{host}"), "jitter": 0}
    for host in ("127.0.0.1", "localhost")
}
BASE_URLS = settings.base_urls()
COOKIES_ENABLED = False

# Retries and timeouts: see spiders.politeness, whose middlewares replace Scrapy's.
RETRY_TIMES = 4
RETRY_PRIORITY_ADJUST = 1  # a retry comes before waiting requests
DOWNLOAD_TIMEOUT = settings.timeout()
DNS_TIMEOUT = 10  # Scrapy retries DNS queries, so an unreachable host would take minutes
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # the largest page seen so far has 0.6 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = dict.fromkeys(("data", "file", "ftp", "s3"))  # web pages only
DOWNLOADER_MIDDLEWARES = {
    "spiders.robots.RobotsMiddleware": 100,
    "spiders.politeness.RetryAfterMiddleware": 550,
    "spiders.politeness.ChallengeMiddleware": 560,  # after decompression, before retries
    "spiders.compression.WholeCompressionMiddleware": 590,
    "spiders.politeness.SamePageRedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
}
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 0  # Scrapy would silently drop longer requests; without a limit the site's response is recorded

SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # in the order of the newspaper

# Performance. Percentages are of a crawl's CPU, measured with 400 pages of bench.site, medians of 5 to 15 crawls.
CONCURRENT_ITEMS = 1  # Scrapy starts this many tasks per response (scrapy issue 5182); the default of 100 costs 10 %
WARN_ON_GENERATOR_RETURN_VALUE = False  # would parse each callback's source again for every response: 17 %
EXTENSIONS_BASE = {  # removed, not disabled, since Scrapy imports disabled extensions too: 22 % of start-up time
    name: order
    for name, order in default_settings.EXTENSIONS_BASE.items()
    if not name.endswith((".RemoteControl", ".TelnetConsole"))
}

# Logging: configured by the process that starts the crawl.
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
