"""README.md and LICENSE.md of a package, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template

from zsparkcrawl.package.facts import Facts
from zsparkcrawl.package.figures import (
    Figures,
    contents_part,
    coverage_part,
    missing_part,
    quality_part,
    rules_part,
    spam_part,
)
from zsparkcrawl.package.markdown import table

__all__ = ["description", "licence", "readme"]


def readme(facts: Facts, figures: Figures) -> str:
    """README.md: what the package is, how it is read, what it covers and lacks, how good its texts are."""
    told = {
        "contents_zh": _sentence_chinese(facts, figures),
        "contents_en": _sentence_english(facts, figures),
    }
    parts = [
        f"# {facts.title}",
        "[中文](#中文) · [English](#english) · [数字 Figures](#数字-figures) · [引用与许可 Citing](#引用与许可-citing)",
        _head(facts),
        "## 中文",
        _template("readme.zh.md", told),
        "## English",
        _template("readme.en.md", told),
        "## 数字 Figures",
        contents_part(figures.quality.rows),
        coverage_part(figures.coverage),
        missing_part(figures),
        quality_part(figures.quality),
        rules_part(figures.quality),
        spam_part(figures.quality),
        _citing(facts),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def description(facts: Facts, figures: Figures) -> str:
    """The package in two sentences, Chinese and English."""
    return f"{_sentence_chinese(facts, figures)} {_sentence_english(facts, figures)}"


def licence(facts: Facts) -> str:
    """LICENSE.md: whose the texts are, and under what terms the rest is given."""
    given = facts.licence
    added_zh = f"按下列许可提供：{given}" if given else "没有声明许可；使用前请询问提供者"
    added_en = f"is given under: {given}" if given else "comes without a stated licence: ask whoever gave it to you"
    return (
        "# 许可说明 Licence note\n\n"
        "文章的标题、正文、附件和图片属于其发布者和作者。本数据包不授予对它们的任何权利；如何使用须由使用者依法自行判断。\n\n"
        f"本数据包另外加入的内容（修改记录、版本与抓取索引、统计、数据字典、说明）{added_zh}。\n\n"
        "The titles, texts, attachments and images of the articles belong to their publishers and authors. This "
        "package grants no rights to them; whoever uses them has to see what the law allows.\n\n"
        "What the package adds (the record of edits, the index of versions and captures, figures, the dictionary, the "
        f"descriptions) {added_en}.\n"
    )


def _template(name: str, told: Mapping[str, str]) -> str:
    text = files("zsparkcrawl.package").joinpath(name).read_text("utf-8")
    return Template(text).substitute(told).strip()


def _head(facts: Facts) -> str:
    rows = [
        ("版本 version", f"`{facts.version}`"),
        ("数据截至 data as of", f"{facts.created} (UTC)"),
        ("来源 source", "; ".join(f"{each.title} {each.path or ''}".strip() for each in facts.sources)),
        ("选择 selection", "; ".join(f"{k}: {v}" for k, v in facts.selection.items()) or "全部 the whole archive"),
        (
            "附件与图片 attachments and images",
            "内容在 bytes in `files/`"
            if facts.files
            else "只有索引，不含内容 listed in the table files, bytes not included",
        ),
        ("制作者 creator", "; ".join(facts.creators) or "未注明 not stated"),
        ("程序 made with", f"zsparkcrawl {facts.program}"),
    ]
    return table(("", ""), rows)


def _sentence_chinese(facts: Facts, figures: Figures) -> str:
    head, total = figures.quality.headline, figures.quality.total
    names = "、".join(each.title for each in facts.sources)
    span = f"（{head.first_day} 至 {head.last_day}）" if head.first_day else ""
    return (
        f"本数据包收录{names}的 {head.articles:,} 篇文章{span}，共 {total.characters:,} 个字符、"
        f"{head.versions:,} 个版本。"
        f"文字由 zsparkcrawl 修复乱码并剔除注入的垃圾内容：确定的修改 {total.certain.edits:,} 处，"
        f"推断的修改 {total.inferred.edits:,} 处，存疑 {total.doubtful.spots:,} 处，"
        f"未能修复 {total.damaged.spots:,} 处。每一处修改都有记录，可以撤销。"
        f"{_copies_chinese(figures)}"
    )


def _copies_chinese(figures: Figures) -> str:
    copies, apart = figures.quality.copies, sum(figures.quality.copies.apart.values())
    if not copies.articles and not apart:
        return ""
    return (
        f"{copies.articles:,} 篇由多份副本合成，共 {copies.copies:,} 份：{copies.disputed:,} 处有争议，"
        f"{copies.gaps:,} 处没有副本保存原文；说法不同的副本 {apart:,} 份，其不同之处未予采用。"
    )


def _sentence_english(facts: Facts, figures: Figures) -> str:
    head, total = figures.quality.headline, figures.quality.total
    names = ", ".join(each.title for each in facts.sources)
    span = f" ({head.first_day} to {head.last_day})" if head.first_day else ""
    return (
        f"{head.articles:,} articles of {names}{span}, {total.characters:,} characters in all, {head.versions:,} "
        f"versions. zsparkcrawl mended broken text and kept injected spam out: {total.certain.edits:,} edits are "
        f"certain, {total.inferred.edits:,} inferred; {total.doubtful.spots:,} spots stay doubtful, "
        f"{total.damaged.spots:,} damaged. Every edit is on record and can be undone."
        f"{_copies_english(figures)}"
    )


def _copies_english(figures: Figures) -> str:
    copies, apart = figures.quality.copies, sum(figures.quality.copies.apart.values())
    if not copies.articles and not apart:
        return ""
    return (
        f" Articles told from several copies: {copies.articles:,}, from {copies.copies:,} copies; places disputed: "
        f"{copies.disputed:,}; places that no copy has: {copies.gaps:,}; copies that tell another story, "
        f"which was kept apart: {apart:,}."
    )


def _citing(facts: Facts) -> str:
    by = ", ".join(facts.creators) or f"zsparkcrawl {facts.program} (software)"
    return (
        "## 引用与许可 Citing\n\n"
        f"> {by}. *{facts.title}*. Version {facts.version}, {facts.created[:10]}. Data set.\n\n"
        "[CITATION.cff](CITATION.cff)；许可见 for the licence see [LICENSE.md](LICENSE.md)。"
    )
