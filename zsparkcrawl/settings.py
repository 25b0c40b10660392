"""Scrapy settings. Each can be overridden with `-s NAME=VALUE`; where it departs from Scrapy's default, the
reason stands beside it."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version

from zsparkcrawl.feeds import FIELDS

try:
    _VERSION = version("zsparkcrawl")
except PackageNotFoundError:  # a checkout that was never installed
    _VERSION = "0"

BOT_NAME = "zsparkcrawl"
SPIDER_MODULES = ["zsparkcrawl.spiders"]
NEWSPIDER_MODULE = "zsparkcrawl.spiders"
COMMANDS_MODULE = "zsparkcrawl.commands"

# -- our own ---------------------------------------------------------------------------------------
# ZSPARK_DATABASE, ZSPARK_DATA and ZSPARK_WARC_BYTES are read from the environment and may be set with -s as
# well. ZSPARK_KEEP is switched on by `scrapy crawl` and `zsparkcrawl crawl`; a script of your own sets it to
# True to have what it crawls kept. Without it nothing is written, which is what shell, parse and fetch are for.
ZSPARK_CONTACT = os.environ.get("ZSPARK_CONTACT", "")
"""A mail address or web page by which the site can reach whoever crawls it; part of the User-Agent."""
ZSPARK_LISTING_PAGES = 500
"""Pages of one listing at most. The park has some 2,900 articles, so more is a trap; the run then says so."""
ZSPARK_PAGES = 50_000
"""Responses of one run at most; chosen: many times what the park has. What is left is for the next run."""
ZSPARK_HOURS = 20.0
"""Hours of one run at most; chosen: the lock is free again before the next night."""
ZSPARK_FAILURES = 20
"""So many articles in a row that cannot be fetched end the crawl: the site is in trouble, and asking on adds to it."""
ZSPARK_PATIENCE = 15.0
"""Seconds for which a run waits for a page that failed and falls due again; what takes longer is for a later run."""
ZSPARK_FILE_BYTES = 64 * 2**20
"""Bytes of an attachment or picture at most; a larger one is not fetched. DOWNLOAD_MAXSIZE is for pages."""
ZSPARK_FILES_BYTES = 4 * 2**30
"""Bytes of attachments and pictures of one run at most; the others wait for the next run."""
ZSPARK_LAPSE = 60.0
"""Seconds without a sign of life after which a worker counts as lost, and others take over its pages. It gives one
every sixth of it. Chosen: a database that starts anew or a machine that is moved stands still for some tens of seconds,
and a transaction in which another worker hangs is ended after half of it."""
ZSPARK_PROGRESS = False
"""A progress bar, when there is a terminal."""

# -- manners ---------------------------------------------------------------------------------------
ROBOTSTXT_OBEY = True
"""Whether robots.txt decides what may be asked for."""
ROBOTSTXT_USER_AGENT = "zsparkcrawl"
USER_AGENT = f"zsparkcrawl/{_VERSION} (archive of a science park's news)"
"""The spiders add the contact, see ZSPARK_CONTACT."""
AUTOTHROTTLE_ENABLED = True
"""Whether the delay grows with the time that the host takes to answer."""
AUTOTHROTTLE_START_DELAY = 1.0
"""Seconds between two requests to a host before any answer of it is known."""
DOWNLOAD_DELAY = 1.0
"""Seconds between two requests to a host, varied by chance from half to half as much again; AutoThrottle only adds to
them."""
CONCURRENT_REQUESTS_PER_DOMAIN = 2
"""Requests to a host that may be on their way at once. Few, for a small site; with DOWNLOAD_DELAY=0 and
AUTOTHROTTLE_ENABLED=0 the spiders go back to Scrapy's default."""
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

# -- what a page must not do to us -----------------------------------------------------------------
DOWNLOAD_HANDLERS = {"file": None, "data": None, "ftp": None, "s3": None}
DOWNLOAD_MAXSIZE = 8 * 2**20
"""Bytes of a page at most."""
DOWNLOAD_WARNSIZE = 2 * 2**20
DOWNLOAD_TIMEOUT = 30
"""Seconds in which an answer must have come whole."""
DOWNLOAD_FAIL_ON_DATALOSS = False
"""A short answer is kept and marked before PartialMiddleware asks again."""
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
"""On hijacked copies it leads to the spammer."""
REDIRECT_MAX_TIMES = 5
"""Redirects in a row at most."""
RETRY_ENABLED = False
"""The frontier does it, with back-off, and on later runs: at once, a site in trouble is asked three times as much."""
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
"""It lets all through: the frontier takes each page once, and every request must come to an end that is entered."""
DEPTH_LIMIT = 5000
"""A bound for whatever has no other. Pages of a listing follow one another, so each is one deeper."""
URLLENGTH_LIMIT = 1000
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

DOWNLOADER_MIDDLEWARES = {
    # The guard is stricter: no subdomains, ports, private addresses, and nothing switches it off.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "zsparkcrawl.middlewares.UrlGuardMiddleware": 60,
    "zsparkcrawl.middlewares.RobotsMiddleware": 100,
    # Responses pass from the high numbers to the low: unpacked first, then kept, and only then seen by
    # Scrapy's redirects (600) and retries (550).
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "zsparkcrawl.unpacking.UnpackMiddleware": 880,
    "zsparkcrawl.middlewares.CaptureMiddleware": 870,
    "zsparkcrawl.middlewares.PartialMiddleware": 860,
    "zsparkcrawl.middlewares.RedirectGuardMiddleware": 850,
}
ITEM_PIPELINES = {
    "zsparkcrawl.pipelines.CleanPipeline": 200,
    "zsparkcrawl.pipelines.PeriodPipeline": 300,
    "zsparkcrawl.pipelines.ArchivePipeline": 400,
}
EXTENSIONS = {
    "zsparkcrawl.extensions.RunLedger": 0,
    "zsparkcrawl.progress_bar.ProgressBar": 0,
}

CONCURRENT_ITEMS = 1
"""What one response gives is taken up one after the other, for no pipeline waits for anything. Scrapy would start a
hundred workers for each response, which take some 1 ms of the processor's time (measured)."""
WARN_ON_GENERATOR_RETURN_VALUE = False
"""For each response Scrapy would read and parse the source of the callback anew, a fifth of what a page costs here."""

# -- handing out -----------------------------------------------------------------------------------
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORT_FIELDS = FIELDS
FEED_EXPORTERS = {"csv": "zsparkcrawl.feeds.ArticleCsvExporter"}
LOG_LEVEL = "INFO"
"""The least that is logged; `zsparkcrawl crawl` logs from ERROR on unless told otherwise."""
LOG_FORMATTER = "zsparkcrawl.logformat.ArticleLogFormatter"
