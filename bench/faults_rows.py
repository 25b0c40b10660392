"""The rows of :mod:`bench.faults_hazards`."""

from __future__ import annotations

from pathlib import Path

from bench.faults_arranged import (
    FORGED,
    LISTENING,
    LITTLE_ROOM,
    NEWS,
    NO_START,
    RAISING,
    SMALL_FILES,
    after_torn_tail,
    all_readable,
    articles,
    articles_are,
    exporting,
    feed,
    listing_is,
    newer_schema,
    no_secrets,
    nothing_outside,
    of_code,
    on_log_lines,
    once_each,
    refused,
    requests,
    robots_is,
    says,
    signalled,
    twice,
    with_file,
)
from bench.faults_hazards import Fault
from bench.faults_trial import command

__all__ = ["ROWS"]

FEED = Path("/proc/nothing/out.csv")

ROWS: tuple[Fault, ...] = (
    Fault("nothing wrong", (0,), check=articles(20)),
    Fault("all requests refused", (1,), arrange=refused),
    Fault("every callback fails", (1,), options=of_code(RAISING), check=says("error of the program"), ours=True),
    Fault("start() raises", (1,), options=of_code(NO_START), check=says("could not start"), ours=True),
    Fault(
        "CLOSESPIDER_ERRORCOUNT", (1,), words=("-s", "CLOSESPIDER_ERRORCOUNT=1"), options=of_code(RAISING), ours=True
    ),
    Fault("SIGTERM", (1,), {"delay": 0.4}, arrange=signalled, check=says("signal")),
    Fault("disk full while it crawls", (1,), {"articles": 100}, options=of_code(SMALL_FILES)),
    Fault("disk nearly full at the start", (1,), options=of_code(LITTLE_ROOM), check=says("free")),
    Fault("disk full under the feed", (1,), words=("-O", "/dev/full:csv"), check=says("feed")),
    Fault("feed in no folder", (1,), words=("-O", str(FEED)), check=says("feed")),
    Fault(
        "one surrogate in every article",
        (0,),
        {"answers": {"*": "surrogates"}},
        words=("-O", "{data}/out.jsonl"),
        check=feed,
    ),
    Fault("torn tail of a killed run", (0,), {"delay": 0.1}, arrange=after_torn_tail, check=all_readable),
    Fault("database is another file", (1,), arrange=with_file("zspark.sqlite", b"no database at all" * 100)),
    Fault("database is of the future", (1,), arrange=newer_schema),
    Fault("captures folder is a file", (1,), arrange=with_file("captures", b"")),
    Fault("data folder under a file", (1,), words=("-s", "ZSPARK_DATA=/etc/hostname/x")),
    robots_is("to inside", (1,), requests(5)),
    robots_is("500", (1,), requests(8)),
    robots_is("never", (1,), requests(8)),
    robots_is("slow", (1,), requests(8)),
    robots_is("endless", (1,), requests(8)),
    robots_is("forbids", (1,), requests(1)),
    robots_is("404", (0,), articles(20)),
    robots_is("huge robots", (0,), articles(20)),
    robots_is("nothing on it", (0,), articles(20)),
    *(
        listing_is(kind, (1,))
        for kind in ("to inside", "to file", "to data", "to ftp", "to another port", "loop", "500")
    ),
    *(listing_is(kind, (1,)) for kind in ("404", "403", "never", "endless", "torn", "bomb gzip", "bomb br", "no HTTP")),
    *(
        listing_is(kind, (1, 2))
        for kind in ("p 30 MB", "p x gzip", "attributes", "question marks", "empty", "one line")
    ),
    listing_is("challenge", (2,)),
    listing_is("nothing on it", (2,)),
    Fault("listing gone empty since", (2,), arrange=twice(answers={NEWS: "nothing on it"})),
    Fault("listing is a challenge since", (2,), arrange=twice(answers={NEWS: "challenge"})),
    Fault("listing fails midway", (2,), {"articles": 60, "answers": {"/news/index_2.html": "500"}}),
    Fault("a listing of 100,000 links", (0, 2), {"answers": {NEWS: "links"}}),
    Fault("next pages for ever, the same rows", (0,), {"trap": "same"}, check=articles(20)),
    Fault(
        "next pages for ever, new rows",
        (2,),
        {"articles": 40, "trap": "new"},
        words=("-s", "ZSPARK_LISTING_PAGES=5"),
        check=requests(200),
    ),
    Fault("another session in every link", (0,), {"sessions": True}, check=once_each),
    *(articles_are(kind, (1, 2)) for kind in ("challenge", "soft 404", "500", "to listing", "to inside", "torn")),
    Fault("storm of 503 with Retry-After", (1,), {"articles": 400, "answers": {"*": "storm"}}, check=requests(100)),
    Fault("429 with Retry-After", (1,), {"articles": 400, "answers": {"*": "too many"}}, check=requests(100)),
    Fault("wrong charset in the header", (0,), {"answers": {"*": "wrong charset"}}, check=articles(20)),
    Fault("attachment names lead out", (0,), {"answers": {"*": "hostile files"}}, check=nothing_outside),
    Fault(
        "titles forge log lines",
        (0,),
        {"answers": {"*": "hostile title"}},
        ("-s", "LOG_LEVEL=INFO", "-s", "STATS_DUMP=0"),
        check=on_log_lines(FORGED),
        lines=None,
    ),
    Fault("headers forge log lines", (0,), {"answers": {"*": "line ends in head"}}, check=on_log_lines(FORGED)),
    Fault("ports that listen", (0,), options=of_code(LISTENING)),
    Fault(
        "secrets in settings",
        (0,),
        words=(
            "-s",
            "LOG_LEVEL=INFO",
            "-s",
            "STATS_DUMP=0",
            "-s",
            "HTTPAUTH_PASS=hunter2",
            "-s",
            "HTTPAUTH_USER=x",
            "-s",
            "HTTPAUTH_DOMAIN=127.0.0.1",
            "-s",
            "AWS_SECRET_ACCESS_KEY=s3cr3t",
            "-s",
            "AWS_SESSION_TOKEN=t0k3n",
            "-s",
            "FTP_PASSWORD=pa55w0rd",
        ),
        check=no_secrets,
        lines=None,
    ),
    Fault(
        "secrets in a database URL",
        (1,),
        words=("-s", "ZSPARK_DATABASE=nodb://u:hunter2@127.0.0.1/x"),
        check=no_secrets,
    ),
    Fault(
        "secrets in a proxy",
        (1,),
        options={"http_proxy": "http://u:hunter2@127.0.0.1:1"},
        words=("-s", "LOG_LEVEL=INFO", "-s", "STATS_DUMP=0"),
        check=no_secrets,
        lines=None,
    ),
    Fault("unknown argument", (2,), words=("-a", "sinse=2020-01-01")),
    Fault("since is no day", (2,), words=("-a", "since=gestern")),
    Fault("start_url is a file", (2,), options={"start": "file:///etc/hostname"}),
    Fault("export of an unknown section", (2,), arrange=exporting("csv", "--section", "foo")),
    Fault(
        "export since later than until",
        (2,),
        arrange=exporting("csv", "--since", "2024-02-01", "--until", "2024-01-01"),
    ),
    Fault("export of unknown columns", (2,), arrange=exporting("csv", "--columns", "foo")),
    Fault("export to a full disk", (1,), arrange=exporting("csv", "-o", "/dev/full")),
    Fault("export without a database", (1,), arrange=lambda trial: command(trial.data / "none", "export", "csv")),
)
