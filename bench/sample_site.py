"""The sample site: pages made from data/sample/truth as data/sample/pages.toml says, served, and compared.

    python -m bench.sample_site [--out FOLDER]                         writes the site, prints what is in it
    python -m bench.sample_site serve [--out FOLDER] [--port PORT]     writes it and serves it until Ctrl-C
    python -m bench.sample_site compare --database URL [--json]        how exact a crawl of it came home

Same input, same bytes. A page is written clean, damaged as a whole by its hijacker's tool (labels, titles and
markup too, for the tool knows only bytes), and given the hijacker's advertisements afterwards.
"""

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bench.damage import damage
from bench.sample_compare import Comparison, compare, home_from
from bench.sample_files import made
from bench.sample_listings import home, listing, turning
from bench.sample_spam import add_spam
from bench.sample_template import article, finished
from bench.sample_truth import SAMPLE, Recipe, Recipes, Truth, recipes, truths

__all__ = ["SITE", "Comparison", "Served", "build", "compare", "page_sources", "recipes", "serve", "truths"]

SITE = SAMPLE / "site"
_A_PAGE = {"news": 10, "notices": 6}
_NEXT = {"news": "/news/index_{}.html", "notices": "/zcgg/list_{}.html"}
_TYPES = {
    ".html": "text/html", ".txt": "text/plain", ".css": "text/css", ".jpg": "image/jpeg", ".png": "image/png",
    ".pdf": "application/pdf",
}  # fmt: skip
_ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /search\n"
_STYLE = "body { width: 60em; margin: auto }\n.box, .search { font-size: 80% }\n"


def page_sources() -> dict[str, str]:
    """The clean HTML source of every page by its path, as the site wrote it."""
    every, known = truths(), recipes()
    sections = {name: [each for each in every if each.section == name] for name in _NEXT}
    notices = sections["notices"]
    box = notices[:7]
    sources = {"/": home(sections["news"][:5], box, known.pages["/"])}
    for name, rows in sections.items():
        for number, each in enumerate(rows):
            around = (rows[number - 1] if number else None, rows[number + 1] if rows[number + 1 :] else None)
            sources[each.path] = article(each, known.pages[each.path], around, box)
        paths = _listing_paths(name, len(rows))
        for number, path in enumerate(paths):
            shown = rows[number * _A_PAGE[name] : (number + 1) * _A_PAGE[name]]
            sources[path] = listing(shown, turning(paths, number), known.pages[path], box)
    return sources


def _listing_paths(section: str, articles: int) -> list[str]:
    further = range(2, -(-articles // _A_PAGE[section]) + 1)
    first = _NEXT[section].rpartition("/")[0] + "/"
    return [first, *(_NEXT[section].format(number) for number in further)]


def page(source: str, recipe: Recipe) -> bytes:
    """What is served of a page: damaged, hijacked and encoded as its recipe says."""
    if recipe.hijacker is not None:
        if recipe.hijacker.tool is not None:
            source = damage(source, recipe.hijacker.tool)
        source = add_spam(source, recipe.hijacker, recipe.spam)
    return finished(source).encode(recipe.charset, "xmlcharrefreplace")


def build(out: Path = SITE) -> Recipes:
    """Write the site into a folder, which is emptied first."""
    known = recipes()
    files = {path: page(source, known.pages[path]) for path, source in page_sources().items()}
    files |= {"/robots.txt": _ROBOTS.encode(), "/style.css": _STYLE.encode()}
    names = [each.file for truth in truths() for each in truth.images]
    names += [each.file for truth in truths() for each in truth.attachments]
    files |= {f"/uploads/{name}": made(name) for name in names}
    files |= {f"/images/{name}.png": made(f"{name}.png") for name in ("logo", "banner", "none")}
    if out.exists():
        shutil.rmtree(out)
    for path, content in files.items():
        target = _file(out, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return known


def _file(folder: Path, path: str) -> Path:
    return folder / (path[1:] + "index.html" if path.endswith("/") else path[1:])


@dataclass(frozen=True, slots=True)
class Served:
    """A site that is being served: its address without a slash at the end, and the articles it holds."""

    url: str
    truths: tuple[Truth, ...]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments: object, folder: Path, known: Recipes) -> None:
        self._folder = folder
        self._known = known
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        target = _file(self._folder, path)
        found = target.is_file() and target.resolve().is_relative_to(self._folder.resolve())
        content = target.read_bytes() if found else b"<html><body><p>404</p></body></html>"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self._content_type(path, target) if found else "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    do_HEAD = do_GET  # noqa: N815

    def _content_type(self, path: str, target: Path) -> str:
        kind = _TYPES.get(target.suffix, "application/octet-stream")
        recipe = self._known.pages.get(path.removesuffix("index.html"))
        return f"{kind}; charset={recipe.header}" if recipe and recipe.header else kind

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path = SITE, port: int = 0) -> Iterator[Served]:
    """Serve a built site on loopback, with the headers that its pages have."""
    handler = partial(_Handler, folder=folder, known=recipes())
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", tuple(truths()))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# The commands.


def summary(known: Recipes) -> str:
    """What the site holds, kind by kind."""
    articles = [known.pages[each.path] for each in truths()]
    hosts = [each.hijacker.name if each.hijacker else "the site's own" for each in articles]
    counts = {
        "pages": Counter("articles" if path[1:].count("/") and path[-6:-5].isdigit() and "_" not in path else
                         "listings and first page" for path in known.pages),
        "copied by": Counter(hosts),
        "layout": Counter(each.layout for each in articles),
        "bytes (header, meta)": Counter(
            f"{each.charset} ({each.header or 'none'}, {each.meta or 'none'})" for each in articles),
        "spam": Counter(kind for each in articles for kind in each.spam),
        "broken markup": Counter(fault for each in articles for fault in each.broken),
        "damage": Counter(kind for each in articles for kind in _damage(each)),
    }  # fmt: skip
    return "\n".join(
        f"{name}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(each.items()))
        for name, each in counts.items()
    )


def _damage(recipe: Recipe) -> Iterator[str]:
    tool = recipe.hijacker.tool if recipe.hijacker else None
    if tool is not None:
        yield "turned into Traditional"
        if tool.rules:
            yield f"annotated ({tool.family})"
        if tool.cuts:
            yield f"cut ({tool.decoder}, orphan {tool.orphan!r})"
        if tool.narrowed:
            yield "narrowed"
    if recipe.lost_month:
        yield "month lost"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.sample_site", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", nargs="?", choices=("build", "serve", "compare"), default="build")
    parser.add_argument("--out", type=Path, default=SITE, help="folder of the site, emptied first")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--database", help="SQLAlchemy URL of the database that was crawled into")
    parser.add_argument("--json", action="store_true", help="compare: print JSON")
    given = parser.parse_args(arguments)
    if given.command == "compare":
        if not given.database:
            parser.error("compare needs --database")
        result = home_from(given.database)
        print(json.dumps(result.as_dict(), ensure_ascii=False) if given.json else result.as_text())
        return 0
    known = build(given.out)
    if given.command == "serve":
        return _serve_until_stopped(given.out, given.port)
    print(f"written to {given.out}\n{summary(known)}")
    return 0


def _serve_until_stopped(folder: Path, port: int) -> int:
    with serve(folder, port) as served:
        print(served.url, flush=True)
        with suppress(KeyboardInterrupt):
            sys.stdin.read()  # until the caller closes it
    return 0


if __name__ == "__main__":
    sys.exit(main())
