"""What stands around the text and belongs to its facts: the words that open a report, credits below it, the date
under a notice's signature; and which date is believed in the end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from zsparkcrawl.chinese.script import fold
from zsparkcrawl.extract.blocks import Block
from zsparkcrawl.extract.byline import Byline, in_foot, people
from zsparkcrawl.extract.clock import Clock
from zsparkcrawl.extract.content import Content, without_summary
from zsparkcrawl.extract.credits import closing_credits, opening_credits, read_credits
from zsparkcrawl.extract.dates import Moment
from zsparkcrawl.extract.head import Head
from zsparkcrawl.extract.labels import EDGES, read_labels
from zsparkcrawl.items import MissingReason, Precision

__all__ = ["PEOPLE", "Credited", "read_around", "settled_date"]

PEOPLE = ("author", "source", "editor", "photographer", "reviewers", "contributor")
"""The fields that name who made an article."""

_ENDING = 8
"""Paragraphs at the end of a text among which credits and a signature are looked for; chosen."""
_CREDIT_LONGEST = 80
_LINKED = 1
"""Lines with links of their own below the text behind which credits are still looked for: one leads to more on the same
matter, several are a list; chosen."""
_FINIS = "完"
_POSTED = re.compile(r"发布于\s*(?:19|20)\d\d[-年/.]")
_BUTTON = re.compile("(?:我要)?(?:纠错|打印|关闭|收藏|分享|点赞)")
"""What may stand before the label: 【纠错】【责任编辑:张三】."""
_REPORT_ERROR = re.compile(r"\s*[【\[](?:我要)?[纠糾][错錯][】\]]")
_PAGES = re.compile(
    r"(?:[\s\d\[\]【】<>|…·+()（）]|首页|上一页|下一页|末页|尾页|余下全文|全文阅读|点?赞|打?赏|分享|收藏|转发|举报|打印|关闭|"
    r"(?:查看|发表|我要)?评论|隐藏边栏|微信|微博|本页|窗口|人|次|阅读|浏览)+"
)
"""The row of an article's pages, and a row of buttons and counters."""
_NOTICE = re.compile(
    "通知|公告|通告|公示|启事|通报|声明|函$|招聘|招标|采购|办法|细则|规定|意见|方案|决定|批复|预案|指南|邀请|说明|倡议|公开信|公报|告知"
)
_SIGNATORY = re.compile(
    ".{0,28}(?:公司|局|委|办|室|会|中心|部|院|校|厅|处|所|政府|园|站|集团|学会|协会|大队|支队|街道|镇|委员会|基地|开发区|单位|组)[)）]?$"
)
_NOTHING = re.compile(
    r"本站|本网|网络|互联网|原创|未知|无|null|none|\d+|[-—]+|admin.*|本站原创|转载|其他|本单位|[a-z]{1,3}\d*", re.I
)


@dataclass(frozen=True, slots=True)
class Credited:
    """The names by field, and the paragraphs without the credits at their end that were read as such."""

    people: dict[str, list[str]]
    paragraphs: tuple[str, ...]
    dates: tuple[str, ...] = ()
    """What stands behind a label such as 发布时间 right below the text or in its last lines; without such a label the
    day in the head of an electronic paper's page."""


def read_around(content: Content, named: dict[str, list[str]], stated: Sequence[str]) -> Credited:
    """Add to what the byline names who is named below the text, at its end and by its first words; then what the
    page's metadata state of the source. A field that is known already stays as it is."""
    paragraphs = list(content.paragraphs)
    found, dates = _from_below(content.below, named)
    ending = max(len(paragraphs) - _ENDING, 1)
    for number in range(len(paragraphs) - 1, ending - 1, -1):
        if values := _credits(paragraphs[number]):
            found.insert(0, people(values))
            dates += values.get("date", [])
            if number in content.named or _REPORT_ERROR.match(paragraphs[number]):
                del paragraphs[number]
    if paragraphs:
        found.append(people(dict(closing_credits(paragraphs[-1]))))
        found.append(people(dict(opening_credits(paragraphs[0]))))
    result = {name: list(named.get(name, [])) for name in PEOPLE}
    for name in PEOPLE:
        if not result[name]:
            result[name] = _merged(name, found)
    if not result["source"] and "source" not in named:
        result["source"] = [value for value in stated if not _NOTHING.fullmatch(fold(value)) and len(value) <= 30][:1]
    if result["author"] and result["contributor"] == result["author"]:
        result["contributor"] = []
    return Credited(result, tuple(without_summary(paragraphs)), tuple(filter(None, dates)))


def _from_below(below: Sequence[Block], named: dict[str, list[str]]) -> tuple[list[dict[str, list[str]]], list[str]]:
    """Who is named in the lines below a text, and the dates that are labelled there, up to a list of other articles.
    ``named`` are the byline's names."""
    found: list[dict[str, list[str]]] = []
    dates: list[str] = []
    linked = 0
    for number, block in enumerate(below):
        # What ends a press release of Hong Kong: 完, and below it the day. Columns have theirs right below the text.
        if _POSTED.match(block.text) if number == 0 else below[number - 1].text == _FINIS:
            dates.append(block.text)
        values = _credits(block.text)
        if values and not in_foot(block.element):
            # Where the byline has a label with nothing behind it, a line outside the text is another article's, or the
            # site's own.
            found.append({name: names for name, names in people(values).items() if named.get(name, names) or not names})
            dates += values.get("date", [])
        elif len(block.text) > _CREDIT_LONGEST:
            break
        elif block.linked and not _PAGES.fullmatch(block.text):
            linked += 1
            if linked > _LINKED:
                break
    return found, dates


def _merged(name: str, found: Sequence[dict[str, list[str]]]) -> list[str]:
    """Names from several lines; of sources one is enough."""
    values = [value for each in found for value in each.get(name, [])]
    return values[:1] if name == "source" else values


def _credits(text: str) -> dict[str, list[str]] | None:
    """The names in a line that is nothing but credits."""
    if not text or len(text) > _CREDIT_LONGEST:
        return None
    inner = text.strip(" \t\xa0\u3000()（）【】[]")
    labels = read_labels(inner)
    if (
        labels
        and (not labels.rest or _BUTTON.fullmatch(labels.rest))
        and labels.values.keys() & {*PEOPLE, "reporter", "correspondent", "date"}
    ):
        longest = max((len(value) for values in labels.values.values() for value in values), default=0)
        return labels.values if longest <= 30 else None
    return read_credits(text)


def settled_date(
    byline: Byline, head: Head, clock: Clock, credited: Credited, title: str
) -> tuple[Moment | None, str | None, MissingReason | None]:
    """The date that is believed, else its raw string and why there is none.

    What readers are shown goes first, above the text or right below it, then what the metadata state, then the date
    under a notice's signature.
    """
    if byline.moment is not None:
        days = {moment.date() for moment in head.published} if byline.moment.basis == "relative" else set()
        # 昨天 is told from the day of fetching, which may not be the day on which the page was saved.
        exact = (
            max(map(_stated, head.published), key=lambda moment: moment.time is not None) if len(days) == 1 else None
        )
        return exact or byline.moment, byline.date_raw, None
    if byline.date_missing == "conflict":
        return None, byline.date_raw, "conflict"
    below = [moment for raw in credited.dates if (moment := clock.read(raw))]
    signed = _signature(credited.paragraphs, clock, title) if byline.date_missing == "absent" else None
    stated = [moment for moment in head.published if clock.latest is None or moment.date() <= clock.latest]
    for moments in (below, [_stated(moment) for moment in stated], [signed] if signed else []):
        if len({moment.date for moment in moments}) > 1:
            return None, byline.date_raw or moments[0].raw, "conflict"
        if moments:
            best = max(moments, key=lambda moment: moment.time is not None)
            return best, byline.date_raw or best.raw, None
    return None, byline.date_raw, byline.date_missing


def _stated(moment: dt.datetime) -> Moment:
    """A moment of the metadata. Midnight is what a CMS writes that knows the day alone."""
    time = moment.time() if moment.time() != dt.time() else None
    precision: Precision = "day" if time is None else "second" if time.second else "minute"
    return Moment(moment.date(), time, precision, moment.isoformat(" "), 0, "metadata")


def _signature(paragraphs: Sequence[str], clock: Clock, title: str) -> Moment | None:
    """The date below a notice: alone in one of the last lines, behind who signs it or on a page called as notices
    are."""
    for number in range(len(paragraphs) - 1, max(len(paragraphs) - _ENDING, 0), -1):
        moment = clock.signature(paragraphs[number])
        if moment is None:
            continue
        signatory = bool(_SIGNATORY.fullmatch(paragraphs[number - 1].strip(EDGES))) or paragraphs[number - 1] == _FINIS
        return moment if signatory or _NOTICE.search(fold(title)) else None
    return None
