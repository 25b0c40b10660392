"""A small archive for the tests of the viewer: every kind of mark, two versions, a hostile page, a file."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from sqlalchemy import insert

from zsparkcrawl.archive import Archive, database_url
from zsparkcrawl.archive.files.store import FileStore, path_of
from zsparkcrawl.archive.tables.schema import article_files, files
from zsparkcrawl.archive.warc.captures import CaptureWriter
from zsparkcrawl.edits import Certainty, Change, Damage, Edited, edit, mark
from zsparkcrawl.items import Article, Attachment, Injection

__all__ = ["BODY", "COPIES", "FILE", "MARKED", "NOW", "RAW", "fill", "fill_copies"]

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
FILE = b"\xd0\xcf\x11\xe0 a made-up document"
HOST = "http://www.nhtp.org"

RAW = (
    "園區(qū)召開“一區(qū)多園”推進會，218日公布名單。\n彩票网快来开户\n联系人陈？明，地址在健康路7號。"
    "\n第三段没有任何损坏，读来与网页上一样。"
)
"""What the page has."""

_COUNTS = dict.fromkeys(
    (
        "listings rows asked new captures found kept with_title with_date with_body injected injections files "
        "file_bytes damaged damages"
    ).split(),
    17,
)
"""What a real run counts."""

BODY = "园区召开“一区多园”推进会，2月18日公布名单。\n\n联系人陈？明，地址在健康路7号。\n第三段没有任何损坏，读来与网页上一样。"
"""What is read there."""


def _edited() -> Edited:
    """The body with an edit of every kind, and two marks."""
    steps: list[tuple[str, str, str, Certainty]] = [
        ("annotations", "(qū)", "", "certain"),
        ("simplified", "園區召開", "园区召开", "certain"),
        ("simplified", "區", "区", "certain"),
        ("annotations", "(qū)", "", "certain"),
        ("simplified", "多園", "多园", "certain"),
        ("simplified", "推進會", "推进会", "certain"),
        ("units", "218日", "2月18日", "inferred"),
        ("simplified", "名單", "名单", "certain"),
        ("spam-line", "彩票网快来开户", "", "certain"),
        ("simplified", "號", "号", "certain"),
    ]
    edited = Edited(RAW)
    for rule, before, after, certainty in steps:
        start = edited.text.index(before)
        edited = edit(edited, rule, [Change(start, start + len(before), after, certainty)])
    assert edited.text == BODY
    lost, doubted = BODY.index("？明"), BODY.index("健康路")
    marks = [Damage(lost, lost + 1, "a character was lost here"), Damage(doubted, doubted + 1, "doubtful, perhaps: 建")]
    return mark(edited, marks)


_EDITED = _edited()
MARKED = Article(
    "nhtp",
    "news",
    "1207",
    f"{HOST}/news/1207.html",
    title="园区召开推进会",
    date=dt.date(2019, 2, 19),
    date_raw="发布时间：2019-02-19",
    date_precision="day",
    source="江畔日报",
    author="陈小明",
    body=BODY,
    edits={"body": _EDITED.edits},
    damaged={"body": _EDITED.damaged},
    injections=(Injection("hidden", "彩票网开户", "spam.example", "div"),),
    attachments=(Attachment("名单.doc", f"{HOST}/files/list.doc"),),
)
"""The article that has every kind of mark, in its latest version."""
_EARLIER = replace(MARKED, title="园区召开会议", body=BODY.replace("健康路7号", "健康路9号"), edits={}, damaged={})


_STORY = (
    "园区的技术平台昨日开放，共有三家企业签约入驻。\n负责人陈？明介绍，平台将为中小企业提供检测服务。"
    "\n平台设在健康路北侧，每周一至周五接待来访，周末预约参观。"
)
_HOSTILE = "<script>alert(1)</script><b onclick='x()'>此地改作他用</b>"


def _copy(host: str, body: str) -> Article:
    """A copy of one article on a mirror, with a lost character, and a hostile word in its address."""
    lost = body.index("？")
    return Article(
        "nhtp",
        "news",
        "2101",
        f"http://{host}/news/2101.html?<script>",
        title="技术平台开放",
        date=dt.date(2020, 5, 7),
        body=body,
        damaged={"body": (Damage(lost, lost + 1, "a character was lost here"),)},
    )


COPIES = [
    _copy("one.example", _STORY),
    _copy("two.example", _STORY.replace("三家", "八家")),
    _copy("three.example", _STORY.replace("每周一至周五接待来访", _HOSTILE).replace("三家", "几家")),
]
"""Three copies of one article: they dispute one place, none has another, and the last tells another story."""


def fill_copies(data: Path, *copies: Article, database: str | None = None) -> str:
    """Store copies of one article, :data:`COPIES` unless told, in the archive of a data folder, and return its URL."""
    url = database or database_url({"ZSPARK_DATA": str(data)})
    with Archive.open(url) as archive:
        for day, each in enumerate(copies or COPIES):
            archive.store(each, run_id=None, capture_id=None, now=NOW + dt.timedelta(days=day))
    return url


def _plain(number: int) -> Article:
    """One of the healthy articles: over three years, two sections, three sources, two hosts; some without a date."""
    section = "notices" if number % 5 == 0 else "news"
    host = HOST if number % 4 else "http://mirror.example:8080"
    return Article(
        "nhtp",
        section,
        str(number),
        f"{host}/{section}/{number}.html",
        title=f"健康基地第{number}号新闻",
        date=None if number % 9 == 0 else dt.date(2019 + number % 3, 1 + number % 12, 1 + number % 28),
        source=(None, "江畔日报", "健康基地")[number % 3],
        body=f"这是第{number}篇。\n" + "园区的孵化器今年迎来了新的企业，道路两旁的树也长高了。" * 3,
    )


def fill(data: Path, page: bytes = b"<p>nothing</p>", number: int = 43, database: str | None = None) -> str:
    """Make the archive in a data folder, and return its URL: the marked article, with ``page`` as its capture and a
    kept file, and healthy ones up to ``number``, the last of them removed by the site."""
    url = database or database_url({"ZSPARK_DATA": str(data)})
    with Archive.open(url) as archive, CaptureWriter(data / "captures") as writer:
        run = archive.start_run(site="nhtp", section="news", start_url=None, arguments={}, started=NOW)
        captured = writer.write(
            url=MARKED.url, status=200, headers=[("Content-Type", "text/html")], body=page, request_headers=[], time=NOW
        )
        capture = archive.add_capture(captured, run_id=run)
        archive.store(_EARLIER, run_id=run, capture_id=None, now=NOW)
        archive.store(MARKED, run_id=run, capture_id=capture, now=NOW + dt.timedelta(days=1))
        for each in range(1, number + 1):
            archive.store(_plain(each), run_id=run, capture_id=None, now=NOW)
        if number:
            archive.mark_gone(number + 1, NOW, "404 on three visits")
        archive.end_run(run, state="good", reason="all read", counts={"read": number + 1, **_COUNTS}, ended=NOW)
        _keep_file(data, archive)
    return url


def _keep_file(data: Path, archive: Archive) -> None:
    """The attachment, as a crawl would have kept it."""
    sha256, moment = FileStore(data).put(FILE), "2026-11-22T08:30:00Z"
    attachment = MARKED.attachments[0]
    file = {"sha256": sha256, "size": len(FILE), "type": "doc", "path": path_of(sha256), "first_seen": moment}
    offered = {"article_id": 1, "kind": "attachment", "url": attachment.url, "name": attachment.name, "version": 1}
    with archive._writing() as connection:
        connection.execute(insert(files).values(file))
        connection.execute(insert(article_files).values(**offered, sha256=sha256, first_seen=moment))
