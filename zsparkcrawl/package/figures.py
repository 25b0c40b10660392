"""The figures of a package as Markdown, each part in Chinese and English at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zsparkcrawl.package.markdown import table
from zsparkcrawl.package.quality import Quality, Share
from zsparkcrawl.package.tables import TABLES, table_named
from zsparkcrawl.report.words import RULES, WORDS
from zsparkcrawl.rules import why_of

__all__ = ["Figures", "contents_part", "coverage_part", "missing_part", "quality_part", "rules_part", "spam_part"]

Row = Mapping[str, Any]

_LONGEST = 10
"""Gaps that are named in the text, the longest; chosen."""
_REASONS = {
    "absent": "页面没有 absent",
    "illegible": "无法辨认 illegible",
    "conflict": "互相矛盾 conflict",
    "unknown": "不明 unknown",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a package's README tells in numbers: rows of the tables coverage and missing, and the quality of the
    texts."""

    coverage: Sequence[Row]
    missing: Sequence[Row]
    quality: Quality


def contents_part(rows: Mapping[str, int]) -> str:
    """How many rows each table has."""
    found = ((f"`{name}`", rows[name], table_named(name)) for name in TABLES)
    lines = [(name, number, each.meaning_chinese, each.meaning) for name, number, each in found]
    return f"### 内容 Contents\n\n{table(('表 table', '行 rows', '说明', 'what it has'), lines)}"


def coverage_part(coverage: Sequence[Row]) -> str:
    """Articles by year and section; months stand in the table coverage."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in coverage:
        counts[row["month"][:4] if row["month"] else "不明 unknown", _place(row)] += row["articles"]
    places = sorted({place for _, place in counts})
    years = sorted({year for year, _ in counts})
    lines = [(year, *(counts[year, place] for place in places), sum(counts[year, p] for p in places)) for year in years]
    shown = table(("年 year", *places, "合计 all"), lines)
    return f"### 收录 Coverage\n\n每年文章数 articles by year（逐月 by month: `data/coverage.csv`）\n\n{shown}"


def missing_part(figures: Figures) -> str:
    """What is missing, in four lines."""
    quality = figures.quality
    lines = [_gaps(figures.missing, "months", "没有文章的月份 months without an article")]
    lines.append(_gaps(figures.missing, "numbers", "未收录的原站编号 the site's numbers that are not stored"))
    undated = sum(quality.undated.values())
    reasons = ", ".join(f"{_REASONS.get(reason, reason)} {number:,}" for reason, number in quality.undated.items())
    lines.append(f"- 没有日期的文章 articles without a date: {undated:,}" + (f" ({reasons})" if reasons else ""))
    rows = sum(each.rows for each in quality.unstored)
    told = ", ".join(f"{each.section} {_both(each.account)} {each.rows:,}" for each in quality.unstored)
    lines.append(f"- 列表上有而未收录 listed and not stored: {rows:,}" + (f" ({told})" if told else ""))
    return "### 缺失 What is missing\n\n" + "\n".join(lines)


def _gaps(missing: Sequence[Row], kind: str, what: str) -> str:
    found = [row for row in missing if row["kind"] == kind]
    longest = sorted(found, key=lambda row: (-row["number"], _place(row), row["first"]))[:_LONGEST]
    named = "; ".join(
        f"{_place(row)} {row['first']}" + (f" … {row['last']} ({row['number']:,})" if row["number"] > 1 else "")
        for row in longest
    )
    more = f", 最长的 the longest: {named}" if len(found) > _LONGEST else f": {named}"
    return f"- {what}: {sum(row['number'] for row in found):,}" + (more if found else "")


def quality_part(quality: Quality) -> str:
    """How good the texts are."""
    head, total = quality.headline, quality.total
    states = [
        ("全部文字 all texts", total.texts, None, total.characters),
        ("确定的修改 repaired, certain", total.certain.edits, total.certain.before, total.certain.after),
        ("推断的修改 repaired, inferred", total.inferred.edits, total.inferred.before, total.inferred.after),
        ("存疑 doubtful", total.doubtful.spots, None, total.doubtful.characters),
        ("未能修复 left damaged", total.damaged.spots, None, total.damaged.characters),
    ]
    articles = (
        f"- 未作任何修改的文章 articles without any edit: {head.untouched:,} / {head.articles:,}\n"
        f"- 有日期 with a date: {head.dated:,}; 有作者 with an author: {head.with_author:,}; "
        f"有来源 with a source: {head.with_source:,}\n"
        f"- 页面有外来内容 with something foreign on their page: {head.injected:,}"
    )
    counted = ("文字 texts", "字符 characters", "确定 certain", "推断 inferred", "存疑 doubtful", "残损 damaged")
    return "\n\n".join(
        (
            "### 质量 Quality",
            table(("", "处 places", "修改前字符 characters before", "现有字符 characters now"), states),
            articles,
            "按字段 by field（修改与残损以处计 edits and damage in places）",
            table(("字段 field", *counted), [_shared(each) for each in quality.fields if each.texts]),
            "按主机 by host",
            table(("主机 host", *counted), [_shared(each) for each in quality.hosts]),
        )
    )


def _shared(share: Share) -> tuple[object, ...]:
    places = (share.certain.edits, share.inferred.edits, share.doubtful.spots, share.damaged.spots)
    return (share.name or "-", share.texts, share.characters, *places)


def rules_part(quality: Quality) -> str:
    """What each rule does, and how often it did."""
    made = {each.rule: each for each in quality.rules}
    names = [*made, *(name for name in RULES if name not in made)]
    counts = [(made[name].certain, made[name].inferred) if name in made else (0, 0) for name in names]
    lines = [
        (f"`{name}`", *count, RULES.get(name, ""), why_of(name)) for name, count in zip(names, counts, strict=True)
    ]
    shown = table(("规则 rule", "确定 certain", "推断 inferred", "作用", "what it does"), lines)
    read = ", ".join(f"zsparkcrawl {each.version}: {each.versions:,}" for each in quality.programs)
    return f"### 规则 Rules\n\n{shown}\n\n读出各版本的程序 programs that read the versions: {read}"


def spam_part(quality: Quality) -> str:
    """What was kept out."""
    if not quality.spam:
        return "### 外来内容 Spam kept out\n\n没有发现。 None was found."
    lines = [(_both(each.family), each.injections, each.pages) for each in quality.spam]
    return (
        f"### 外来内容 Spam kept out\n\n{table(('类别 family', '种 different ones', '发现次数 finds on pages'), lines)}"
    )


def _place(row: Row) -> str:
    return f"{row['site']} {row['section'] or '-'}"


def _both(word: str) -> str:
    """A word in both languages."""
    return " ".join(WORDS[word]) if word in WORDS else word
