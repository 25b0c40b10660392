"""What the sample site should come home as, and what happens to each of its pages on the way out."""

import datetime as dt
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.damage import Host, family_1, family_2, rules

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
FOLDERS = {"news": "news", "notices": "zcgg"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an article, by its file's name."""

    file: str
    caption: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that a notice offers."""

    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Truth:
    """One article as it is: what a crawl must bring home."""

    id: int
    section: str
    title: str
    date: dt.date
    body: str
    author: str | None = None
    source: str | None = None
    images: tuple[Picture, ...] = ()
    attachments: tuple[File, ...] = ()

    @property
    def folder(self) -> str:
        """The first part of the path: news or zcgg."""
        return FOLDERS[self.section]

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/{self.folder}/{self.id}.html"


@dataclass(frozen=True, slots=True)
class Hijacker:
    """A host that copies pages: how its tool works, and its advertisements, the same on all of its pages."""

    name: str
    tool: Host | None
    """None where the text is copied as it stands."""
    line: str
    junk: str
    domain: str
    phrase: str
    forum: str
    narrowed: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """What happens to one page. Without a hijacker the page is the site's own."""

    layout: str = "p"
    charset: str = "utf-8"
    """What the bytes are in."""
    header: str = ""
    """The charset that the Content-Type header names, "" for none."""
    meta: str = ""
    """The charset that the page itself names, "" for none."""
    hijacker: Hijacker | None = None
    spam: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    lost_month: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether the page shows full-width marks as ASCII, so that they cannot come home as they were."""
        return self.hijacker is not None and self.hijacker.narrowed


@dataclass(frozen=True, slots=True)
class Recipes:
    """data/sample/pages.toml: the recipe of each page by its path."""

    pages: dict[str, Recipe] = field(default_factory=dict)
    hijackers: dict[str, Hijacker] = field(default_factory=dict)


def truths() -> list[Truth]:
    """All articles, each section from the newest to the oldest."""
    found = [_truth(tomllib.loads(path.read_text("utf-8"))) for path in sorted((SAMPLE / "truth").glob("*/*.toml"))]
    return sorted(found, key=lambda each: (each.section, -each.date.toordinal(), each.id))


def _truth(facts: dict[str, Any]) -> Truth:
    images = tuple(Picture(**each) for each in facts.pop("images", ()))
    attachments = tuple(File(**each) for each in facts.pop("attachments", ()))
    return Truth(**facts | {"body": facts["body"].strip(), "images": images, "attachments": attachments})


def recipes() -> Recipes:
    """What happens to each page."""
    facts = tomllib.loads((SAMPLE / "pages.toml").read_text("utf-8"))
    hijackers = {name: _hijacker(name, each) for name, each in facts["hijackers"].items()}
    pages = {path: _recipe(each, hijackers) for path, each in facts["pages"].items()}
    return Recipes(pages, hijackers)


def _hijacker(name: str, facts: dict[str, Any]) -> Hijacker:
    tool = facts.pop("tool", None)
    shown = {key: facts[key] for key in ("line", "junk", "domain", "phrase", "forum")}
    narrowed = bool(tool and tool.get("narrowed", False))
    return Hijacker(name, _tool(name, tool) if tool else None, narrowed=narrowed, **shown)


def _tool(name: str, facts: dict[str, Any]) -> Host:
    """A `Host` from `family` (0 annotates nothing), `cut_off` and any of the other fields of `Host`."""
    made = {0: Host("", "none"), 2: family_2()}.get(facts["family"]) or family_1(facts["cut_off"])
    given = {key: value for key, value in facts.items() if key not in {"family", "cut_off", "without"}}
    kept = tuple(rule for rule in made.rules if rule not in rules(facts.get("without", "")))
    return replace(made, **{"name": name, "rules": kept} | given)


def _recipe(facts: dict[str, Any], hijackers: dict[str, Hijacker]) -> Recipe:
    hijacker = hijackers[facts.pop("by")] if "by" in facts else None
    spam, broken = tuple(facts.pop("spam", ())), tuple(facts.pop("broken", ()))
    return Recipe(hijacker=hijacker, spam=spam, broken=broken, **facts)
