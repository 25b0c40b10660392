"""The article pages of the made-up park site before anything happened to them, as HTML source.

The markup is plain ASCII and the text Simplified Chinese. Comments such as `<!--joint-->` name places for
later additions; each stands behind a tag, where no damage of the text reaches. `finished` takes them out.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from bench.sample_truth import Recipe, Truth

LABELS = {"news": "新闻中心", "notices": "政策公告"}
HEAD, TOP, CONTENT, JOINT, END, FOOT = (f"<!--{name}-->" for name in ("head", "top", "content", "joint", "end", "foot"))
_MARKERS = re.compile(r"<!--(?:head|top|content|joint|end|foot)-->")


def finished(html: str) -> str:
    """The page without the places for additions."""
    return _MARKERS.sub("", html)


def cut(title: str, length: int) -> str:
    """A title as a narrow box shows it.

    >>> cut("停电通知", 6), cut("园区保税仓库通过海关验收", 6)
    ('停电通知', '园区保税仓库…')
    """
    return title if len(title) <= length else title[:length] + "…"


def head(title: str, meta: str, keywords: str) -> str:
    """A page up to its body; `meta` is the charset it names."""
    declared = {
        "": "",
        "utf-8": '<meta charset="utf-8">\n',
    }.get(meta, f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">\n')
    title, keywords = escape(title), escape(keywords)
    return (
        f"<!DOCTYPE html>\n<html>\n<head>\n{declared}<title>{title}-健康基地</title>\n"
        f'<meta name="keywords" content="{keywords}-健康基地">\n'
        f'<meta name="description" content="{title}-健康基地">\n'
        f'<link rel="stylesheet" href="/style.css">\n{HEAD}</head>\n'
    )


def _top(notices: Sequence[Truth]) -> str:
    box = "\n".join(f'<li><a href="{each.path}">{escape(cut(each.title, 18).rstrip("…"))}</a></li>' for each in notices)
    return (
        f'<div class="logo"><a href="/"><img src="/images/logo.png" alt="logo"></a></div>\n'
        f'<div class="nav"><a href="/">首页</a> <a href="/about/">走进基地</a> <a href="/news/">新闻中心</a> '
        f'<a href="/zcgg/">政策公告</a> <a href="/contact/">联系我们</a></div>\n'
        f'<div class="box"><ul>\n{box}\n</ul><a href="/zcgg/">点击查看更多&gt;&gt;</a></div>\n'
        f'<div class="search"><form action="/search"><label>请输入关键字</label> <input name="q"></form>'
        "</div>\n"
    )


_FOOT = (
    '<div class="foot"><p>健康基地 版权所有 &copy; 2008-2023 &nbsp; 粤ICP备00000017号</p>\n'
    "<p>地址：中山市火炬开发区康乐大道1号 电话：0760-88000000 更新日期：2023-12-01</p></div>\n"
    "</body>\n</html>\n"
)


def page(begin: str, notices: Sequence[Truth], middle: str) -> str:
    """A page: what all have in common around what is its own."""
    return f"{begin}<body>\n{TOP}{_top(notices)}{middle}{FOOT}{_FOOT}"


Neighbours = tuple[Truth | None, Truth | None]
"""The articles before and behind one in its section."""


def article(truth: Truth, recipe: Recipe, neighbours: Neighbours, notices: Sequence[Truth]) -> str:
    """The page of one article, in the markup that its recipe names."""
    label = LABELS[truth.section]
    here = f'<div class="pos">当前位置:<a href="/">首页</a> &gt; <a href="/{truth.folder}/">{label}</a></div>\n'
    middle = _LAYOUTS[recipe.layout](truth, recipe)
    around = "<br>\n".join(
        f'{word}：<a href="{each.path}">{escape(each.title)}</a>' if each else f"{word}：没有了"
        for word, each in zip(("上一篇", "下一篇"), neighbours, strict=True)
    )
    html = page(head(truth.title, recipe.meta, label), notices, f'{here}{middle}<div class="page">{around}</div>\n')
    for fault in recipe.broken:
        html = _FAULTS[fault](html)
    return html


def _byline(truth: Truth, blank: str = "    ") -> str:
    author, source = escape(truth.author or ""), escape(truth.source or "")
    return f"作者:{author}{blank}来源:{source}{blank}发布时间:{truth.date.isoformat()}"


def _paragraphs(truth: Truth, recipe: Recipe) -> list[str]:
    lines = truth.body.split("\n")
    if recipe.lost_month:  # it was lost on the site, before anyone copied the page
        lines[0] = lines[0].replace("月", "", 1)
    return [escape(line, quote=False) for line in lines]


def _joined(truth: Truth, texts: Iterable[str], picture: Callable[[str, str], str]) -> str:
    """The paragraphs with the pictures among them: behind the first and behind the third."""
    blocks = list(texts)
    for number, image in enumerate(truth.images):
        # every picture already there pushes the paragraphs back by one
        blocks.insert(1 + 3 * number, picture(f"/uploads/{image.file}", escape(image.caption)))
    return "".join(f"{block}{JOINT}\n" for block in blocks)


def _files(truth: Truth, form: str) -> str:
    return "".join(form.format(f'<a href="/uploads/{each.file}">{escape(each.name)}</a>') for each in truth.attachments)


def _as_p(truth: Truth, recipe: Recipe) -> str:
    """A paragraph each, pictures with the caption in a paragraph of its own."""
    body = _joined(
        truth,
        (f"<p>\u3000\u3000{text}</p>" for text in _paragraphs(truth, recipe)),
        lambda url, said: (
            f'<p style="text-align:center"><img src="{url}" alt=""></p>\n<p style="text-align:center">{said}</p>'
        ),
    )
    return (
        f'<div class="article">\n<h1>{escape(truth.title)}</h1>\n<div class="info">{_byline(truth)}</div>\n'
        f'<div class="content">\n{CONTENT}{body}{_files(truth, "<p>{}</p>")}{END}</div>\n</div>\n'
    )


def _as_br(truth: Truth, recipe: Recipe) -> str:
    """One block, the paragraphs kept apart by line breaks and indented by nbsp."""
    body = _joined(
        truth,
        (f"{'&nbsp;' * 4}{text}<br><br>" for text in _paragraphs(truth, recipe)),
        lambda url, said: f'<center><img src="{url}" alt=""></center><center>{said}</center><br>',
    )
    files = _files(truth, "<li>{}</li>")
    files = f'<ul class="files">{files}</ul>\n' if files else ""
    return (
        f'<div class="tit">{escape(truth.title)}</div>\n<div class="info"><span>'
        f"{_byline(truth, '</span>&nbsp;&nbsp;<span>')}</span></div>\n"
        f'<div id="zoom">{CONTENT}{body}{END}</div>\n{files}'
    )


def _as_cell(truth: Truth, recipe: Recipe) -> str:
    """A page of tables: the article is one cell."""
    body = _joined(
        truth,
        (f"\u3000\u3000{text}<br>" for text in _paragraphs(truth, recipe)),
        lambda url, said: f'<p align="center"><img src="{url}" alt="" border="0"><br>{said}</p>',
    )
    return (
        '<table width="960" align="center" cellpadding="0"><tr><td class="bt" align="center"><strong>'
        f'{escape(truth.title)}</strong></td></tr>\n<tr><td align="center">{_byline(truth)}</td></tr>\n'
        f'<tr><td class="nr">{CONTENT}{body}{_files(truth, "{}<br>")}{END}</td></tr></table>\n'
    )


def _as_font(truth: Truth, recipe: Recipe) -> str:
    """As pages were written by hand around 2005."""
    body = _joined(
        truth,
        (f'<FONT size=3 color=#333333>&nbsp;&nbsp;&nbsp;&nbsp;{text}</FONT><BR>'
         for text in _paragraphs(truth, recipe)),
        lambda url, said: f'<CENTER><IMG src="{url}" width=480><BR>\n<FONT size=2>{said}</FONT></CENTER>',
    )  # fmt: skip
    return (
        f"<CENTER><FONT size=5><B>{escape(truth.title)}</B></FONT><BR>\n"
        f"<FONT size=2>{_byline(truth, '&nbsp;&nbsp;&nbsp;&nbsp;')}</FONT></CENTER>\n<HR>\n"
        f"<DIV>{CONTENT}{body}{_files(truth, '<FONT size=3>{}</FONT><BR>')}{END}</DIV>\n"
    )


def _as_word(truth: Truth, recipe: Recipe) -> str:
    """Pasted from a word processor; pictures with a true caption."""
    span = '<span style="font-size:16pt;font-family:FangSong">'
    body = _joined(
        truth,
        (f'<p class="MsoNormal" style="text-indent:32pt">{span}{text}</span></p>'
         for text in _paragraphs(truth, recipe)),
        lambda url, said: f'<figure><img src="{url}" alt=""><figcaption>{said}</figcaption></figure>',
    )  # fmt: skip
    return (
        f'<div class="article">\n<h2 class="title">{escape(truth.title)}</h2>\n'
        f'<p class="info">{_byline(truth)}</p>\n<div class="TRS_Editor">{CONTENT}{body}{END}</div>\n'
        f"{_files(truth, '<div class=fj>{}</div>')}</div>\n"
    )


_LAYOUTS: dict[str, Callable[[Truth, Recipe], str]] = {
    "p": _as_p,
    "br": _as_br,
    "cell": _as_cell,
    "font": _as_font,
    "word": _as_word,
}
LAYOUTS = tuple(_LAYOUTS)


# Faults of the site's own markup.


def _doubled(html: str) -> str:
    return html.replace("<p>\u3000", "<p><p>\u3000")


def _unclosed(html: str) -> str:
    start, end = html.index(CONTENT), html.index(END)
    return html[:start] + re.sub(r"</(?:p|span)>", "", html[start:end]) + html[end:]


def _stray(html: str) -> str:
    return html.replace(f"{JOINT}\n", f"{JOINT}</span></td></b>\n", 2)


def _upper(html: str) -> str:
    return re.sub(r"</?[a-z][a-z0-9]*(?=[\s>])", lambda tag: tag[0].upper(), html)


def _cut_off(html: str) -> str:
    return html.removesuffix("</div>\n</body>\n</html>\n")


_FAULTS: dict[str, Callable[[str], str]] = {
    "doubled": _doubled,
    "unclosed": _unclosed,
    "stray": _stray,
    "upper": _upper,
    "cut-off": _cut_off,
}
FAULTS = tuple(_FAULTS)
