"""The viewer's answers, without a browser: pages, data, downloads, who is let in, what cannot be asked."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Formatter
from typing import Any

import httpx
import pytest
from lxml import html
from starlette.types import ASGIApp

from tests.raw import change
from tests.viewing import BODY, FILE, MARKED, NOW, RAW, fill
from zsparkcrawl.archive import Archive
from zsparkcrawl.archive.database.moving import copy_archive
from zsparkcrawl.serve import guarding, handing_out, make_app
from zsparkcrawl.serve.guarding import is_own_name
from zsparkcrawl.serve.handing_out import streamed
from zsparkcrawl.serve.routes import HANDLERS, addresses
from zsparkcrawl.serve.words import LANGUAGES, all_words

SHA256 = hashlib.sha256(FILE).hexdigest()
TOKEN = "a-token;that is = known"  # noqa: S105


class Visitor:
    """Asks the app itself, without a network; keeps cookies as a browser does, and follows no redirect."""

    def __init__(self, app: ASGIApp, runner: asyncio.Runner) -> None:
        transport = httpx.ASGITransport(app)
        self._runner = runner
        self._client = httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8008", headers={"Accept-Language": "en"}
        )
        self.cookies = self._client.cookies

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def head(self, path: str) -> httpx.Response:
        return self.request("HEAD", path)

    def close(self) -> None:
        self._runner.run(self._client.aclose())


@contextmanager
def visiting(data: Path, url: str, **options: str) -> Iterator[Visitor]:
    with Archive.open(url, readonly=True) as archive, asyncio.Runner() as runner:
        visitor = Visitor(make_app(archive, data, **options), runner)
        yield visitor
        visitor.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("viewer")


@pytest.fixture(scope="module")
def url(data: Path, shared_database: str) -> str:
    return fill(
        data,
        database=shared_database,
        page='<title>x</title><p onclick="a()">園區(qū)</p><script>b()</script>'.encode(),
    )


@pytest.fixture
def client(data: Path, url: str) -> Iterator[Visitor]:
    with visiting(data, url) as client:
        yield client


def text_of(client: Visitor, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def tree_of(client: Visitor, path: str) -> html.HtmlElement:
    return html.document_fromstring(text_of(client, path))


def shown(tree: html.HtmlElement, selector: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in tree.cssselect(selector)]


# --- lists


def test_the_list_is_in_pages_that_hold_every_article_once(client: Visitor) -> None:
    seen: list[str] = []
    path: str | None = "/"
    while path:
        tree = tree_of(client, path)
        seen += [link.get("href", "") for link in tree.cssselect(".articles h2 a")]
        following = tree.cssselect("a[rel=next]")
        path = following[0].get("href") if following else None
    assert len(seen) == len(set(seen)) == 44
    days = [row["date"] for row in client.get("/api/articles?size=200").json()["articles"]]
    dated = [day for day in days if day is not None]
    assert dated == sorted(dated, reverse=True)
    assert None not in days[: len(dated)], "what has no date comes last"
    oldest = [row["date"] for row in client.get("/api/articles?size=200&order=oldest").json()["articles"]]
    assert oldest[: len(dated)] == sorted(dated)


def test_every_facet_counts_what_choosing_it_shows(client: Visitor) -> None:
    for narrowed in (
        "",
        "year=2020",
        "section=news&source=健康基地",
        "state=gone",
        "q=孵化器&host=mirror.example:8080",
    ):
        facets = client.get(f"/api/facets?{narrowed}").json()["facets"]
        assert set(facets) == {"year", "section", "source", "host", "state", "copies"}
        for name, values in facets.items():
            rest = "&".join(part for part in narrowed.split("&") if part and not part.startswith(f"{name}="))
            for value, number in values.items():
                found = client.get(f"/api/articles?{rest}", params={**_params(rest), name: value}).json()
                assert found["total"] == number, (narrowed, name, value)
                whole = client.get("/api/articles", params={**_params(rest), name: value, "size": 200}).json()[
                    "articles"
                ]
                assert len(whole) == number


def _params(query: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in query.split("&") if part)


def test_the_counts_follow_the_archive(data: Path, tmp_path: Path) -> None:
    url = fill(tmp_path, number=3)
    with visiting(tmp_path, url) as client, Archive.open(url) as archive:
        assert client.get("/api/facets").json()["facets"]["state"] == {"clean": 3, "damaged": 1, "gone": 1}
        archive.mark_gone(1, NOW, "404")
        assert client.get("/api/facets").json()["facets"]["state"] == {"clean": 3, "damaged": 1, "gone": 2}


def test_search_highlights_what_it_found_and_ranks(client: Visitor) -> None:
    tree = tree_of(client, "/?q=推進會")
    assert shown(tree, ".articles h2") == ["园区召开推进会"]
    assert shown(tree, ".articles .hit") == ["推进会", "推进会"]
    assert shown(tree, ".order a[aria-current]") == ["Best match"]
    none = text_of(client, "/?q=不存在的词")
    assert "No article fits." in none


def test_a_search_without_an_index_finds_the_same(data: Path, url: str, tmp_path: Path) -> None:
    copied = f"sqlite:///{tmp_path / 'zspark.sqlite'}"
    copy_archive(url, copied)
    change(copied, "DELETE FROM search_state")
    queries = ("园区", "推进会 OR 第7篇", "孵化器 -第12篇", "園區 名單")
    with visiting(data, url) as client, visiting(tmp_path, copied) as slow:
        for query in queries:
            found = [
                each.get("/api/articles", params={"q": query, "size": 200, "order": "newest"}).json()
                for each in (client, slow)
            ]
            assert found[0] == found[1]
            assert found[0]["total"] == len(found[0]["articles"]) > 0


def test_an_empty_archive_has_a_friendly_page(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'zspark.sqlite'}"
    Archive.open(url).close()
    with visiting(tmp_path, url) as client:
        assert "There are no articles in this archive yet." in text_of(client, "/")
        assert "Nothing was crawled yet." in text_of(client, "/runs")
        assert client.get("/api/articles").json() == {"total": 0, "page": 1, "pages": 1, "size": 20, "articles": []}
        assert client.get("/download/csv").text.count("\r\n") == 1


# --- an article


def test_marks_carry_the_original_of_each_repair(client: Visitor) -> None:
    tree = tree_of(client, "/articles/1")
    notes = {}
    for mark in tree.cssselect(".text mark"):
        (note,) = mark.cssselect(".note")
        assert mark.get("tabindex") == "0"
        assert mark.get("aria-describedby") == note.get("id")
        quoted = [each.text_content() for each in note.cssselect("q")]
        told = note.text_content()
        note.drop_tree()
        notes[mark.text_content()] = (mark.get("class"), quoted, told)
    assert notes["园区"][:2] == ("certain", ["園區(qū)"])
    assert notes["2月18日"][:2] == ("inferred", ["218日"])
    assert notes["？"][:2] == ("damaged", [])
    assert notes["健"][:2] == ("doubtful", ["建"])
    assert notes[""][0] == "cut point"
    assert "彩票" not in notes[""][2], "what is spam is counted, not shown"
    assert len(tree.xpath("//@id")) == len(set(tree.xpath("//@id")))


@pytest.mark.parametrize("view", ["repaired", "raw"])
@pytest.mark.parametrize("marks", ["all", "unsure", "none"])
def test_a_view_shows_its_text_whole(client: Visitor, view: str, marks: str) -> None:
    tree = tree_of(client, f"/articles/1?view={view}&marks={marks}")
    for note in tree.cssselect(".note"):
        note.drop_tree()
    whole = {"repaired": BODY, "raw": RAW}[view]
    assert "\n".join(line.text_content() for line in tree.cssselect(".text p")) == whole
    assert len(tree.cssselect(".text mark")) == {"all": 11, "unsure": 3, "none": 0}[marks]


def test_both_texts_stand_side_by_side(client: Visitor) -> None:
    tree = tree_of(client, "/articles/1?view=both&marks=none")
    rows = [[cell.text_content() for cell in row.cssselect("td")] for row in tree.cssselect(".both tbody tr")]
    assert "\n".join(raw for raw, _ in rows) == RAW
    assert "\n".join(clean for _, clean in rows) == BODY


def test_spam_is_kept_out_of_what_is_read(client: Visitor) -> None:
    for path in ("/", "/articles/1", "/api/articles", "/articles/1?marks=none"):
        tree = text_of(client, path)
        if path.startswith("/articles"):
            tree = re.sub(r'(?s)<ul class="injections">.*?</ul>', "", tree)
        assert "彩票" not in tree, path


def test_versions_and_what_differs(client: Visitor) -> None:
    versions = tree_of(client, "/articles/1/versions")
    assert shown(versions, "tbody tr td:first-child") == ["1", "2"]
    diff = tree_of(client, "/articles/1/diff")
    assert shown(diff, ".change h2") == ["Title edited", "Text edited"]
    changed = diff.cssselect(".change del, .change ins")
    assert [each.text_content() for each in changed] == ["added: 推进", "removed: 议", "removed: 9", "added: 7"]
    back = client.get("/api/articles/1/diff?from=2&to=1").json()
    assert (back["from"], back["to"], [field["field"] for field in back["fields"]]) == (2, 1, ["title", "body"])
    assert "The two versions do not differ." in text_of(client, "/articles/1/diff?from=1&to=1")
    old = text_of(client, "/articles/1?version=1")
    assert "This is version 1; the latest is 2." in old
    assert "健康路9号" in old
    assert "The site removed this article by 2026-11-22" in text_of(client, "/articles/44")


def test_the_data_are_those_of_the_archive(client: Visitor) -> None:
    article = client.get("/api/articles/1").json()
    assert (article["title"], article["body"], article["version"]) == (MARKED.title, BODY, 2)
    edits = client.get("/api/articles/1/edits").json()
    assert [edit["rule"] for edit in edits["edits"]][:2] == ["annotations", "simplified"]
    segments = client.get("/api/articles/1/segments").json()["fields"]["body"]
    assert "".join(each["text"] for each in segments) == BODY
    assert "".join(each["original"] for each in segments) == RAW
    assert client.get("/api/articles/1/injections").json()["injections"][0]["phrase"] == "彩票网开户"
    assert [one["version"] for one in client.get("/api/articles/1/versions").json()["versions"]] == [1, 2]
    assert client.get("/api/runs").json()["runs"][0]["state"] == "good"
    assert client.get("/api/status").json()["sections"][0]["articles"] > 0


# --- what is handed out


def test_strange_names_do_not_make_the_server_ask_a_name_server_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("socket.getfqdn", lambda: (asked.append(""), "Reading-Room.example")[1])
    guarding._machine_names.cache_clear()
    assert not any(is_own_name(f"host{number}.example", "192.0.2.7") for number in range(50))
    assert is_own_name("reading-room.example:8008", "192.0.2.7")
    assert len(asked) == 1
    guarding._machine_names.cache_clear()


def test_downloads_are_what_is_selected(client: Visitor) -> None:
    wanted = client.get("/api/articles?section=news&year=2020&size=200").json()["articles"]
    urls = [row["url"] for row in wanted]
    table = client.get("/download/csv?section=news&year=2020")
    assert table.headers["content-disposition"] == 'attachment; filename="articles.csv"'
    assert [row["url"] for row in csv.DictReader(io.StringIO(table.text))] == urls
    assert [row["url"] for row in json.loads(client.get("/download/json?section=news&year=2020").text)] == urls
    lines = client.get("/download/jsonl?section=news&year=2020").text.splitlines()
    assert [json.loads(line)["url"] for line in lines] == urls
    assert client.get("/download/xml").status_code == 404


def test_a_download_stops_when_the_visitor_leaves() -> None:
    wrote: list[int] = []

    def write(stream: object) -> None:
        for number in range(10_000):
            wrote.append(number)
            stream.write(b"x" * 65536)  # type: ignore[attr-defined]

    chunks = streamed(write)  # type: ignore[arg-type]
    next(chunks)
    chunks.close()
    assert "download" not in [thread.name for thread in threading.enumerate()]
    assert len(wrote) < 20


def test_a_download_makes_room_for_the_next(client: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_out, "_QUEUE_SECONDS", 0.05)
    for _ in range(6):
        assert client.get("/download/csv?section=notices").status_code == 200
        assert client.head("/download/csv?section=notices").status_code == 200
    for _ in range(4):
        handing_out._AT_ONCE.acquire()
    try:
        assert "too many downloads" in text_of(client, "/download/csv", 503)
    finally:
        handing_out._AT_ONCE.release(4)


def test_a_download_that_breaks_is_not_taken_for_whole() -> None:
    def write(_: object) -> None:
        raise ValueError("the disk is gone")

    with pytest.raises(ValueError, match="the disk is gone"):
        list(streamed(write))  # type: ignore[arg-type]


def test_a_download_that_cannot_begin_is_a_fault_and_makes_room(tmp_path: Path) -> None:
    url = fill(tmp_path, page=b"<p>x</p>")
    with visiting(tmp_path, url) as client:
        (tmp_path / "zspark.sqlite").unlink()
        for _ in range(6):
            assert "unable to open" in text_of(client, "/download/csv", 503)


def test_files_are_downloads_that_no_browser_runs(client: Visitor) -> None:
    answer = client.get(f"/files/{SHA256}")
    assert answer.content == FILE
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.doc"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert f"/files/{SHA256}" in text_of(client, "/articles/1")
    for wrong in (SHA256.upper(), "0" * 64, "..%2F..%2Fzspark.sqlite", "x"):
        assert client.get(f"/files/{wrong}").status_code == 404


def test_the_archived_page_is_harmless_and_its_bytes_are_its_own(client: Visitor) -> None:
    page = client.get("/captures/1")
    assert "園區(qū)" in page.text
    assert "onclick" not in page.text
    assert "script" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert '<iframe sandbox src="/captures/1"' in text_of(client, "/articles/1/original")
    whole = client.get("/captures/1/bytes")
    assert b"<script>b()</script>" in whole.content
    assert whole.headers["content-type"] == "application/octet-stream"
    assert "No page of this article is kept." in text_of(client, "/articles/3/original")


def test_the_report_is_shown_where_there_is_something_to_report(client: Visitor, tmp_path: Path) -> None:
    assert '<iframe class="report" sandbox src="/report/page"' in text_of(client, "/report")
    report = client.get("/report/page", headers={"Accept-Language": "zh"})
    assert "<svg" in report.text
    assert report.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    url = f"sqlite:///{tmp_path / 'zspark.sqlite'}"
    Archive.open(url).close()
    with visiting(tmp_path, url) as empty:
        assert "holds no article" in text_of(empty, "/report/page", 404)


def test_a_lost_capture_is_told_in_a_line(tmp_path: Path) -> None:
    url = fill(tmp_path, number=0)
    for file in (tmp_path / "captures").iterdir():
        file.unlink()
    with visiting(tmp_path, url) as client:
        assert "No such file" in text_of(client, "/captures/1", 503)


# --- who is let in


def test_every_answer_is_guarded(client: Visitor) -> None:
    paths = ["/", "/articles/1", "/articles/1/original", "/runs", "/api", "/style.css", "/nothing", "/?year=x"]
    for path in [*paths, "/api/articles", "/download/csv", f"/files/{SHA256}", "/captures/1", "/captures/1/bytes"]:
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "frame-ancestors" in headers["content-security-policy"], path
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "unsafe" not in headers["content-security-policy"] or path == "/captures/1"


def test_nothing_can_be_changed(client: Visitor) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = client.request(method, "/")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    head = client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8008", "", "127.0.0.1.evil.example", "localhost@x", "[::1", "192.0.2.7"]
)
def test_other_names_of_this_machine_are_refused(client: Visitor, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1", "127.1.2.3:80", "[::1]:8008", "LOCALHOST."])
def test_names_of_loopback_are_good(client: Visitor, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_token_opens_once_and_then_the_cookie_does(data: Path, url: str) -> None:
    with visiting(data, url, bound="0.0.0.0", token=TOKEN) as client:  # noqa: S104
        for path in ("/", "/api/articles", "/style.css", "/nothing", "/?token=wrong", "/?token="):
            answer = client.get(path)
            assert (answer.status_code, "zspark" in answer.headers.get("set-cookie", "")) == (401, False), path
        first = client.get("/articles/1", params={"token": TOKEN, "view": "raw"})
        assert (first.status_code, first.headers["location"]) == (303, "/articles/1?view=raw")
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert client.get("/articles/1?view=raw").status_code == 200
        client.cookies.clear()
        assert client.get("/", headers={"Cookie": "zspark_token=wrong"}).status_code == 401
        assert client.get("/api/runs", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert client.get("/api/runs", headers={"Authorization": "Bearer é".encode("latin-1")}).status_code == 401
        assert (
            client.get("http://127.0.0.1:8008//evil.example/", params={"token": TOKEN}).headers["location"]
            == "/evil.example/"
        )


# --- what cannot be asked


HOSTILE = [
    "/articles/0", "/articles/999999999999999999", "/articles/99999999999999999999999999", "/articles/x", "/articles/-1",
    "/articles/1%00", "/articles/1/nothing", "/articles/1?version=9", "/articles/1?version=x", "/articles/1?view=x",
    "/articles/1/diff?from=9", "/articles/1/diff?from=-1&to=x", "/captures/0", "/captures/99999999999999999999",
    "/?year=20190", "/?year=' or 1=1", "/?state=x", "/?order=x", "/?page=0", "/?page=-1", "/?page=99999999999", "/?size=0",
    "/?size=201", "/?q=%22", "/?q=" + "x" * 400, "/?q=((((", "/?source=" + "x" * 400, "/files/x", "/download/..%2f",
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/api/articles/99", "/api/articles/x", "/api/articles?page=x",
    "/api/articles/1/edits?version=77", "/api/runs?size=x", "/static/../app.py",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_what_cannot_be_asked_is_told(client: Visitor, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.text
    if path.startswith("/api/"):
        assert set(answer.json()) == {"error"}
    else:
        assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/?q=%00%ED%A0%80", "/?q=%FF", "/?source=%27%3B--", "/?host=%25", "/?section=%00", "/?page=9999999", "/?q=&year=",
        "/?lang=xx", "/?lang=zh%00", "/?q=<script>alert(1)</script>", "/?unknown=1&unknown=2", "/?section=%3Cb%3E",
    ],
)  # fmt: skip
def test_what_is_odd_is_still_answered(client: Visitor, path: str) -> None:
    text = text_of(client, path)
    assert "<script" not in text
    assert "<b>" not in text


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    url = fill(tmp_path, number=0)
    with visiting(tmp_path, url) as client:
        assert client.get("/").status_code == 200
        (tmp_path / "zspark.sqlite").write_bytes(b"x" * 200_000)
        answer = client.get("/articles/1")
        assert (answer.status_code, "Traceback" in answer.text) == (503, False)


# --- languages, words, addresses


def test_the_language_is_that_of_the_browser_until_another_is_chosen(client: Visitor) -> None:
    assert '<html lang="en">' in text_of(client, "/")
    chinese = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert '<html lang="zh-Hans">' in chinese.text
    assert "44 篇" in chinese.text
    assert client.get("/?lang=zh").headers["content-language"] == "zh-Hans"
    assert client.get("/runs").headers["content-language"] == "zh-Hans", "it is remembered"
    switch = tree_of(client, "/?q=园区&page=1").cssselect(".language")[0]
    assert (switch.get("lang"), switch.text) == ("en", "English")
    assert client.get("/" + switch.get("href", "")).headers["content-language"] == "en"


def test_both_languages_have_every_text() -> None:
    for name, entry in all_words().items():
        assert set(entry) == set(LANGUAGES), name
        assert all(text.strip() for text in entry.values()), name
        slots = [{slot for _, slot, _, _ in Formatter().parse(text) if slot} for text in entry.values()]
        assert slots[0] == slots[1], name
        assert re.search("[一-龥]", entry["zh"]) or name == "app.language", name


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    sources = "".join(
        path.read_text("utf-8")
        for path in (Path(__file__).parents[1] / "zsparkcrawl" / "serve").rglob("*")
        if path.suffix in (".py", ".html")
    )
    used = set(re.findall(r"""["']([a-z-]+\.[a-z0-9-]+)["']""", sources))
    groups = set(re.findall(r"""["']([a-z-]+)\.["'] ~""", sources)) | set(
        re.findall(r"""named\(["']([a-z-]+)["']""", sources)
    )
    groups |= {"facet", "state", "section", "copies-tell"}  # named from Python
    unused = {name for name in all_words() if name not in used and name.partition(".")[0] not in groups}
    assert unused == set()


def test_every_address_is_documented_and_answers(client: Visitor) -> None:
    page = text_of(client, "/api")
    for address, meaning in addresses():
        assert f"<code>{address}</code>" in page
        assert meaning.endswith(".")
        assert len(meaning) > 15
    for path in HANDLERS:
        asked = path.replace("{id:int}", "1").replace("{sha256}", SHA256).replace("{form}", "csv")
        answer = client.get(asked)
        assert answer.status_code == 200, path


def test_no_page_names_anything_from_outside_or_runs_a_script(client: Visitor) -> None:
    for path in (
        "/",
        "/?q=园区",
        "/articles/1",
        "/articles/1?view=both",
        "/articles/1/versions",
        "/articles/1/diff",
        "/runs",
        "/api",
    ):
        tree = tree_of(client, path)
        assert tree.xpath("//script | //style | //*[@style] | //@*[starts-with(name(), 'on')]") == []
        for target in tree.xpath("//@src | //link/@href | //form/@action | //iframe/@src"):
            assert target.startswith("/"), (path, target)
    assert "url(" not in text_of(client, "/style.css")
    assert "@import" not in text_of(client, "/style.css")
