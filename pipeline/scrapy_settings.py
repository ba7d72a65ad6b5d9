"""Scrapy's settings: only what differs from its defaults, each with the reason.

They stand here and not among the spiders because they follow from the environment, which only `pipeline.settings`
reads.
"""

from pipeline import settings

BOT_NAME = "akhbar"
SPIDER_MODULES = ["spiders"]

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

# Patient: see spiders.middlewares.
RETRY_TIMES = 4
RETRY_PRIORITY_ADJUST = 1  # what was waited for is asked for next
DOWNLOAD_TIMEOUT = settings.timeout()
DNS_TIMEOUT = 10  # Scrapy tries a name several times: an unreachable host would take minutes
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # the largest page seen is 0.6 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "spiders.middlewares.PatientRetry": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "spiders.middlewares.OwnPageRedirect": 600,
    "spiders.middlewares.StopWhenRefused": 560,  # sees the unpacked body, before a retry is thought of
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
}
REDIRECT_MAX_TIMES = 5
COOKIES_ENABLED = False

SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # in the order of the paper

# Cheap: Scrapy starts CONCURRENT_ITEMS tasks for every response (scrapy issue 5182).
CONCURRENT_ITEMS = 1
# It reads and parses the source of each callback again for every response: an eighth of a crawl.
WARN_ON_GENERATOR_RETURN_VALUE = False

# Quiet: no ports opened, and the log in the caller's hands.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
