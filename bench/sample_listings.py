"""The first page and the listings of the made-up park site, as HTML source."""

from collections.abc import Sequence
from html import escape

from bench.sample_template import CONTENT, END, LABELS, cut, head, page
from bench.sample_truth import Recipe, Truth


def listing(rows: Sequence[Truth], turning: str, recipe: Recipe, notices: Sequence[Truth]) -> str:
    """One listing page with these articles of a section; `turning` leads to the others."""
    label = LABELS[rows[0].section]
    row, tag = (_row_with_picture, "table") if recipe.layout == "table" else (_row, "ul")
    body = f'<{tag} class="list">\n' + "\n".join(map(row, rows)) + f"\n</{tag}>\n"
    here = f'<div class="pos">当前位置:<a href="/">首页</a> &gt; {label}</div>\n'
    middle = f"{here}{CONTENT}{body}{END}{turning}"
    return page(head(label, recipe.meta, label), notices, middle)


def _row(truth: Truth) -> str:
    title, date = escape(truth.title), truth.date.isoformat()
    return f'<li><a href="{truth.path}">{title}</a> <span>[{date}]</span></li>'


def _row_with_picture(truth: Truth) -> str:
    title = escape(truth.title)
    picture = f"/uploads/{truth.images[0].file}" if truth.images else "/images/none.png"
    return (
        f'<tr><td><a href="{truth.path}"><img src="{picture}" alt=""></a></td>'
        f'<td><a href="{truth.path}" title="{title}">{escape(cut(truth.title, 16))}</a></td>'
        f'<td class="date">{truth.date.isoformat()}</td></tr>'
    )


def turning(pages: Sequence[str], number: int) -> str:
    """Links to the other pages of a listing, from page `number`, counted from 0."""
    last = len(pages) - 1
    named = [
        ("首页", 0, number > 0),
        ("上一页", number - 1, number > 0),
        *((str(each + 1), each, each != number) for each in range(len(pages))),
        ("下一页", number + 1, number < last),
        ("尾页", last, number < last),
    ]
    shown = (f'<a href="{pages[to]}">{name}</a>' if live else f"<span>{name}</span>" for name, to, live in named)
    return f'<div class="turn">{" ".join(shown)} 共{len(pages)}页</div>\n'


def home(latest: Sequence[Truth], notices: Sequence[Truth], recipe: Recipe) -> str:
    """The first page: a few of the newest articles and the way to the sections."""
    rows = "\n".join(_row(each) for each in latest)
    middle = (
        f'<div class="banner"><img src="/images/banner.png" alt="banner"></div>\n<h3>{LABELS["news"]}</h3>\n'
        f'{CONTENT}<ul>\n{rows}\n</ul>{END}\n<a href="/news/">更多&gt;&gt;</a>\n'
    )
    return page(head("首页", recipe.meta, "健康基地"), notices, middle)
