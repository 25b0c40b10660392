"""The viewer in a real Chromium: what a reader does, what a hostile page cannot do, what everybody can read."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.viewing import MARKED, fill, fill_copies
from zsparkcrawl.serve.disarming import POLICY

CHROMIUM = os.environ.get("ZSPARK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ROOT = Path(__file__).parents[1]
PAGES = (
    "/",
    "/?q=推进会&state=damaged",
    "/articles/1",
    "/articles/1?view=both",
    "/articles/1/diff",
    "/articles/1/copies",
    "/articles/45",
    "/articles/45/copies",
    "/articles/1/original",
    "/runs",
    "/report",
    "/api",
    "/none",
)
PATIENCE = 0.6
"""Seconds in which a beacon would have fired: on the same machine the control page's take a tenth of it."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install it, or name one in ZSPARK_CHROMIUM")


class Beacons:
    """A server on loopback that notes what is asked of it, and every connection that is only opened."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(2)
            try:
                path = connection.recv(65536).decode("latin-1").split(" ")[1:2]
                self.asked += path
                body = self.pages.get(path[0] if path else "", b"")
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                connection.sendall(head.encode() + body)
            except OSError:  # a connection that was only opened
                return

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


def hostile(beacon: str) -> bytes:
    """A page that tries to reach a server in every way there is."""
    return f"""<!DOCTYPE html><html manifest="{beacon}/manifest"><head><base href="{beacon}/base/">
<meta http-equiv="refresh" content="0.2;url={beacon}/refresh"><meta http-equiv="Link" content="<{beacon}/meta-link>;rel=preload">
<link rel="preconnect" href="{beacon}"><link rel="dns-prefetch" href="{beacon}"><link rel="prefetch" href="{beacon}/prefetch">
<link rel="prerender" href="{beacon}/prerender"><link rel="modulepreload" href="{beacon}/module">
<link rel="preload" as="image" href="{beacon}/preload"><link rel="stylesheet" href="{beacon}/sheet.css">
<link rel="icon" href="{beacon}/icon"><link rel="manifest" href="{beacon}/webmanifest">
<style>@import "{beacon}/import.css"; @font-face {{ font-family: f; src: url({beacon}/font) }}
body {{ font-family: f; background: url({beacon}/background) }} p::after {{ content: url({beacon}/content) }}</style>
<script src="{beacon}/script.js"></script><script>
fetch("{beacon}/fetch", {{mode: "no-cors"}}); new Image().src = "{beacon}/image-object"; navigator.sendBeacon("{beacon}/send-beacon");
new WebSocket("{beacon}/socket".replace("http", "ws")); new EventSource("{beacon}/events");</script></head>
<body background="{beacon}/body" onload="fetch('{beacon}/onload')">
<p style="background: url('{beacon}/inline')">園區(qū)的舊頁面</p>
<img src="{beacon}/img" srcset="{beacon}/srcset 2x"><img src="x" onerror="fetch('{beacon}/onerror')">
<picture><source srcset="{beacon}/picture"><img></picture><video poster="{beacon}/poster" src="{beacon}/video" autoplay></video>
<audio src="{beacon}/audio" autoplay></audio><iframe src="{beacon}/iframe"></iframe><iframe srcdoc="<img src='{beacon}/srcdoc'>"></iframe>
<object data="{beacon}/object"></object><embed src="{beacon}/embed"><input type="image" src="{beacon}/input">
<svg><script>fetch("{beacon}/svg-script")</script><image href="{beacon}/svg-image"></image><use href="{beacon}/use#a"></use></svg>
<form id="f" action="{beacon}/form"><input name="a"></form><script>document.getElementById("f").submit()</script>
<table background="{beacon}/table"><tr><td>表格</td></tr></table><noscript><img src="{beacon}/noscript"></noscript>
<xmp></xmp><noembed><p title="</noembed><img src={beacon}/mutated>"></noembed>
<a href="{beacon}/clicked" ping="{beacon}/ping" target="_blank">點擊這裡</a></body></html>""".encode()


@pytest.fixture(scope="module")
def beacons() -> Iterator[Beacons]:
    served = Beacons({})
    served.pages["/control"] = hostile(served.url)
    yield served
    served.close()


@pytest.fixture(scope="module")
def viewer(beacons: Beacons, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the command itself, serving an archive with a hostile page."""
    data = tmp_path_factory.mktemp("viewer")
    fill(data, hostile(beacons.url))
    fill_copies(data)
    environ = {**os.environ, "ZSPARK_DATA": str(data), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    environ.pop("ZSPARK_DATABASE", None)
    command = [sys.executable, "-m", "zsparkcrawl", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        yield found[0]
        server.terminate()
        assert server.wait(10) in (0, -15)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def opened(browser: Browser, viewer: str, *, width: int = 1280, **options: Any) -> Iterator[Page]:
    """A page in a context of its own; what the browser complains of is a fault."""
    context = browser.new_context(viewport={"width": width, "height": 844}, base_url=viewer, locale="zh-CN", **options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    assert [each for each in complaints if "404" not in each] == []
    context.close()


def test_a_reader_without_scripts_searches_reads_compares_and_downloads(browser: Browser, viewer: str) -> None:
    with opened(browser, viewer, java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_label("检索标题与正文").fill("園區 名單")
        page.get_by_role("button", name="检索").click()
        assert page.locator(".articles h2").all_inner_texts() == [MARKED.title]
        page.goto("/")
        page.locator(".facet.section a", has_text="通知公告").click()
        page.locator(".facet.year a", has_text="2020").click()
        number = int(page.locator(".count").inner_text().removesuffix(" 篇"))
        assert page.locator(".articles li").count() == number > 0
        with page.expect_download() as started:
            page.get_by_role("link", name="JSON", exact=True).click()
        rows = json.loads(started.value.path().read_text("utf-8"))
        assert {(row["section"], row["date"][:4]) for row in rows} == {("notices", "2020")}
        assert len(rows) == number
        page.locator(".chips a", has_text="2020").click()
        page.goto("/articles/1")
        page.get_by_role("link", name="网页原文").click()
        assert "園區(qū)召開" in page.locator(".text").inner_text()
        page.get_by_role("link", name="对照").click()
        assert page.locator(".both tbody tr").count() == 4
        page.get_by_role("link", name="版本").click()
        page.get_by_role("button", name="比较").click()
        assert page.locator(".change del").all_text_contents() == ["删去: 议", "删去: 9"]


def test_the_original_shows_on_hover_on_focus_and_on_touch(browser: Browser, viewer: str) -> None:
    for width, touch in ((1280, False), (390, True)):
        with opened(browser, viewer, width=width, has_touch=touch) as page:
            page.goto("/articles/1")
            inferred = page.locator("mark.inferred")
            note = inferred.locator(".note")
            assert not note.is_visible()
            if touch:
                inferred.tap()
            else:
                inferred.hover()
            assert note.is_visible()
            assert "218日" in note.inner_text()
            box = note.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            page.mouse.move(0, 0)
            doubtful = page.locator("mark.doubtful")
            doubtful.focus()
            assert doubtful.locator(".note").is_visible()
            assert "建" in doubtful.locator(".note").inner_text()
            described = page.evaluate(
                "e => document.getElementById(e.getAttribute('aria-describedby')).textContent",
                doubtful.element_handle(),
            )
            assert "建" in described


def test_the_keyboard_reaches_everything_in_order(browser: Browser, viewer: str) -> None:
    with opened(browser, viewer) as page:
        page.goto("/articles/1")
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        assert skip.evaluate("e => e === document.activeElement && e.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null"), "the header is skipped"
        reached = []
        for _ in range(30):
            facts = page.evaluate(
                "() => { const e = document.activeElement, s = getComputedStyle(e); return [e.tagName, s.outlineStyle, "
                "parseFloat(s.outlineWidth), e.compareDocumentPosition(document.body.lastElementChild) & 4] }"
            )
            reached.append(facts)
            page.keyboard.press("Tab")
        marks = [facts for facts in reached if facts[0] == "MARK"]
        assert len(marks) == 11, "every mark can be reached"
        page.goto("/articles/1")
        past = page.get_by_role("link", name="跳过正文")
        past.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('aside') !== null"), "and all of them left out"
        assert all(style != "none" and width >= 2 for name, style, width, _ in reached if name != "BODY")


@pytest.mark.parametrize("path", ["/articles/1/original", "/captures/1"])
def test_an_archived_page_fires_no_beacon(browser: Browser, viewer: str, beacons: Beacons, path: str) -> None:
    context = browser.new_context(base_url=viewer)
    page = context.new_page()
    page.goto(path)
    frame = page.frame_locator("iframe") if path.endswith("original") else page
    assert "園區(qū)的舊頁面" in frame.locator("body").inner_text()
    frame.locator("text=點擊這裡").click()
    time.sleep(PATIENCE)
    assert (beacons.asked, beacons.connections) == ([], 0)
    assert page.url == viewer + path
    assert len(context.pages) == 1
    context.close()


def test_the_policy_alone_stops_what_runs_or_loads(browser: Browser, viewer: str, beacons: Beacons) -> None:
    """The second line of defence, with the first one left out: only hints to connect get by, which no policy covers."""
    context = browser.new_context(base_url=viewer)
    page = context.new_page()

    def as_it_came(route: Route) -> None:
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        route.fulfill(body=hostile(beacons.url), headers=headers)

    page.route("**/captures/1", as_it_came)
    page.goto("/captures/1")
    assert "園區(qū)的舊頁面" in page.locator("body").inner_text()
    time.sleep(PATIENCE)
    assert beacons.asked == []
    context.close()
    beacons.connections = 0


def test_the_same_page_fires_where_nobody_stops_it(browser: Browser, beacons: Beacons) -> None:
    """The control: without it, the two tests above could not fail. It comes last, for it leaves its marks."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{beacons.url}/control", wait_until="commit")
    # Not /prefetch: Chromium asks for it when it has nothing else to do, and the page leads away before.
    wanted = {"/script.js", "/fetch", "/img", "/sheet.css"}
    late = time.monotonic() + 10  # on a busy machine they come late
    while not wanted <= set(beacons.asked) and time.monotonic() < late:
        page.wait_for_timeout(50)
    fired = {path for path in beacons.asked if path != "/control"}
    context.close()
    beacons.asked.clear()
    beacons.connections = 0
    assert wanted <= fired, fired


CONTRAST = """() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(e).backgroundColor);
      if (a > 0) { if (a < 1) throw new Error("a background that is half transparent"); return [r, g, b]; }
    }
    return [255, 255, 255];
  };
  const found = [];
  const look = (element, text, style) => {
    const [front, back] = [light(parse(style.color)), light(behind(element))];
    const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
    found.push([Math.round(ratio * 100) / 100, text.trim().slice(0, 20), element.className || element.tagName]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (walker.currentNode.data.trim()) look(walker.currentNode.parentElement, walker.currentNode.data, getComputedStyle(walker.currentNode.parentElement));
  }
  for (const element of document.querySelectorAll("body *")) {
    for (const pseudo of ["::before", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      if (!["none", "normal", '""'].includes(style.content)) look(element, style.content, style);
    }
    if (element.placeholder) look(element, element.placeholder, getComputedStyle(element, "::placeholder"));
  }
  return found;
}"""

UNNAMED = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, iframe, summary, [role=region]")].filter(e => {
  const labels = [...(e.labels || [])].map(l => l.textContent).join("");
  const own = ["INPUT", "SELECT", "TEXTAREA", "IFRAME"].includes(e.tagName) ? "" : e.textContent;
  return !(labels + own + (e.getAttribute("aria-label") || "") + (e.title || "")).trim();
}).map(e => e.outerHTML)"""

SHIFTS = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value)).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 150);
})"""


TALLEST = "() => Math.max(0, ...[...document.querySelectorAll('.scroll tr')].map(row => row.offsetHeight))"


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_or_is_cut_off_and_all_has_contrast_and_a_name(browser: Browser, viewer: str, width: int) -> None:
    # Reduced motion: a colour on its way to another is not measured.
    with opened(browser, viewer, width=width, reduced_motion="reduce") as page:
        for path in PAGES:
            page.emulate_media(color_scheme="light")
            page.goto(path)
            assert page.evaluate(SHIFTS) == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(TALLEST) < 160, f"{path}: a row of a table is mostly white"
            assert page.evaluate(UNNAMED) == [], path
            assert page.locator("h1").count() == 1, path
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                found = page.evaluate(CONTRAST)
                assert len(found) > 5
                assert [each for each in found if each[0] < 4.5] == [], (path, scheme)


def test_the_first_page_is_light(browser: Browser, viewer: str) -> None:
    with opened(browser, viewer) as page:
        sizes: dict[str, int] = {}
        page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
        page.goto("/", wait_until="networkidle")
        assert all(url.startswith(viewer) for url in sizes), "nothing from outside"
        assert len([url for url in sizes if "favicon" not in url]) == 2, "the page and its style sheet"
        assert sum(sizes.values()) < 100_000, sizes


def test_facets_stand_open_at_a_desk_and_open_by_a_tap_on_a_phone(browser: Browser, viewer: str) -> None:
    with opened(browser, viewer) as page:
        page.goto("/")
        assert page.locator(".facet.state a").first.is_visible()
    with opened(browser, viewer, width=390, has_touch=True) as page:
        page.goto("/")
        first = page.locator(".facet.state a").first
        assert not first.is_visible()
        page.locator(".facets > summary").tap()
        assert first.is_visible()
