"""What a hijacker adds to a page after damaging its text: Simplified, and the same on all pages of a host."""

import re
from collections.abc import Callable
from html import escape

from bench.sample_template import CONTENT, END, FOOT, HEAD, JOINT, TOP
from bench.sample_truth import Hijacker

_COMMA = re.compile(r"(?<=[\u4e00-\u9fff])[，,](?=[\u4e00-\u9fff])")


def add_spam(html: str, hijacker: Hijacker, kinds: tuple[str, ...]) -> str:
    """The page with the advertisements named in `kinds`."""
    for kind in kinds:
        html = _KINDS[kind](html, hijacker)
    return html


def _in_content(html: str, change: Callable[[str], str]) -> str:
    start, end = html.index(CONTENT) + len(CONTENT), html.index(END)
    return html[:start] + change(html[start:end]) + html[end:]


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def _line_before(html: str, hijacker: Hijacker) -> str:
    return html.replace(CONTENT, f"{CONTENT}{hijacker.line}<br>\n", 1)


def _line_after(html: str, hijacker: Hijacker) -> str:
    return html.replace(END, f"<p>{hijacker.line}</p>\n{END}", 1)


def _line_bare(html: str, hijacker: Hijacker) -> str:
    """Directly behind the last paragraph, with nothing around it."""
    return html.replace(END, f"{hijacker.line}{END}", 1)


def _line_top(html: str, hijacker: Hijacker) -> str:
    return html.replace(TOP, f"{hijacker.line}\n{TOP}", 1)


def _head(html: str, title: str, words: str) -> str:
    html = re.sub(r"(?is)<title>.*?/title>", f"<title>{title}</title>", html, count=1)
    return re.sub(r'(?is)(<meta name="[^"]*" content=").*?"(?=>)', rf'\g<1>{words}"', html)


def _title(html: str, hijacker: Hijacker) -> str:
    words = re.split(r"[-,_|]", hijacker.line)
    return _head(html, "-".join(words[:4]), ",".join(words))


def _title_entities(html: str, hijacker: Hijacker) -> str:
    words = re.split(r"[-,_|]", hijacker.line)
    return _head(html, _entities("_".join(words[:3])), _entities(",".join(words)))


def _attributes(html: str, hijacker: Hijacker) -> str:
    """alt of every picture, and a title on every link of the page."""
    word = re.split(r"[-,_|]", hijacker.line)[0]
    html = re.sub(r'\balt="[^"]*"', f'alt="{word}"', html, flags=re.IGNORECASE)
    return re.sub(r'(?i)(<a href="[^"]*")>', rf'\1 title="{word}">', html)


def _junk(html: str, hijacker: Hijacker) -> str:
    """Empty tags between the paragraphs and behind every third stop inside them."""
    name = hijacker.junk
    forms = (
        f'<video id="{name}"></video>',
        f'<wbr id="{name}">',
        f'<u id="{name}"><strike id="{name}"></strike></u>',
        f'<tt id="{name}"><form id="{name}"></form></tt>',
    )
    seen = 0

    def behind(found: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        # only what may stand inside a paragraph: a <form> there would end it
        return found[0] + forms[seen // 3 % 3] if seen % 3 == 0 else found[0]

    def change(content: str) -> str:
        parts = re.sub("[。；，](?=[\u4e00-\u9fff])", behind, content).split(JOINT)
        return "".join(part + forms[number % 4] + JOINT for number, part in enumerate(parts[:-1])) + parts[-1]

    return _in_content(html, change)


def _links(hijacker: Hijacker) -> str:
    words = re.split(r"[-,_|]", hijacker.line)
    return "".join(
        f'<a href="http://{hijacker.domain}/{number}.html">{escape(word)}</a>\n' for number, word in enumerate(words, 3)
    )


def _hidden(style: str) -> Callable[[str, Hijacker], str]:
    def add(html: str, hijacker: Hijacker) -> str:
        return html.replace(FOOT, f'<div style="{style}">{_links(hijacker)}</div>\n{FOOT}', 1)

    return add


def _hidden_inside(html: str, hijacker: Hijacker) -> str:
    """In the colour of the ground, in the middle of the article."""
    block = f'<div style="background:#ffffff"><font color="#FFFFFF">{_links(hijacker)}</font></div>'
    return _in_content(html, lambda content: content.replace(JOINT, block + JOINT, 1))


def _phrase(html: str, hijacker: Hijacker) -> str:
    """Inside a sentence, in the middle of the article: `…，words，…`."""

    def change(content: str) -> str:
        commas = list(_COMMA.finditer(content))
        where = commas[len(commas) // 2]
        return content[: where.end()] + hijacker.phrase + content[where.start() :]

    return _in_content(html, change)


def _forum(html: str, hijacker: Hijacker) -> str:
    """A link to a foreign host between two paragraphs."""
    link = f'<p><a href="http://{hijacker.domain}/bbs/" target="_blank">“{hijacker.forum}”</a></p>'
    return _in_content(html, lambda content: content.replace(JOINT, link + JOINT, 2).replace(link, "", 1))


def _script(html: str, hijacker: Hijacker) -> str:
    """Sends visitors who come from a search engine elsewhere."""
    return html.replace(
        HEAD,
        "<script>var r=document.referrer;if(/baidu|sogou|so\\.com|sm\\.cn/i.test(r))"
        f'{{location.href="http://{hijacker.domain}/in.html"}}</script>\n{HEAD}',
        1,
    ).replace(FOOT, f'<script src="http://{hijacker.domain}/tj.js"></script>\n{FOOT}', 1)


_KINDS: dict[str, Callable[[str, Hijacker], str]] = {
    "line-before": _line_before,
    "line-after": _line_after,
    "line-bare": _line_bare,
    "line-top": _line_top,
    "title": _title,
    "title-entities": _title_entities,
    "attributes": _attributes,
    "junk": _junk,
    "hidden-display": _hidden("display:none"),
    "hidden-offscreen": _hidden("position:absolute; left:-9999px; top:-800px"),
    "hidden-zero": _hidden("width:0;height:0;overflow:hidden"),
    "hidden-font": _hidden("font-size:0px;line-height:0"),
    "hidden-colour": _hidden_inside,
    "phrase": _phrase,
    "forum": _forum,
    "script": _script,
}
KINDS = tuple(_KINDS)
