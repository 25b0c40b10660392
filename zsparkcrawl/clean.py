"""Cleaning: an article as it stands on the page becomes the article as it was written, every change on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.edits import Change, Damage, Edited, edit, mark
from zsparkcrawl.extract import extract
from zsparkcrawl.items import LACKS_PAGE, Article, Diagnosis, Page
from zsparkcrawl.repair import RULES as REPAIR_RULES
from zsparkcrawl.repair.misread import reread_misread
from zsparkcrawl.sites import SiteProfile, UnknownSiteError, site_named
from zsparkcrawl.spam import cut_all, is_spam

__all__ = ["TEXT_FIELDS", "clean", "clean_text", "read", "recovered_title"]

NAME_FIELDS = ("author", "source", "editor", "photographer", "reviewers", "contributor")
"""The fields that name who made an article."""
TEXT_FIELDS = ("title", *NAME_FIELDS, "body")
"""The fields that hold prose, in the order in which they are cleaned."""

_TITLE_SHORTEST = 4
"""Characters of a title: what is left of a hijacked one and shorter is none. Chosen."""


def read(page: Page, site: SiteProfile | None = None) -> Article:
    """From a page to a clean article: extract, then clean. Raises UnreadableError when the page holds no article.

    >>> html = "<h1>產(chǎn)業(yè)園區(qū)發(fā)展</h1><p>發(fā)布時(shí)間：2019-02-19</p>"
    >>> html += "<p>218日，關(guān)于創(chuàng)新的會(huì)議召開。</p>"
    >>> article = read(Page("http://www.nhtp.org/news/7.html", html.encode()))
    >>> article.title, article.body
    ('产业园区发展', '2月18日，关于创新的会议召开。')
    """
    return clean(extract(page, site), site)


def clean(article: Article, site: SiteProfile | None = None) -> Article:
    """Diagnose all texts of an article together, then repair and despam each.

    A field of names that cleaning leaves empty becomes None.
    """
    site = site or _site_of(article)
    texts = _texts(article)
    gaps = _gaps(article.damaged)
    reread = {name: reread_misread(Edited(text, (), gaps.get(name, ())), Diagnosis()) for name, text in texts.items()}
    diagnosis = diagnose(
        *(each.text for each in reread.values()),
        written_in=site.script if site else None,
        published=article.date,
    )
    edited = {name: _apply_rules(each, diagnosis) for name, each in reread.items()}
    for name, marks in gaps.items():
        edited[name] = _marked(edited[name], marks)
    if "title" in edited and not _is_title(edited["title"]):
        edited["title"] = recovered_title(article, diagnosis) or edited["title"]
    clean_texts = {name: each.text for name, each in edited.items()}
    names: dict[str, Any] = {name: clean_texts.get(name) or None for name in NAME_FIELDS}
    return replace(
        article,
        **names,
        diagnosis=diagnosis,
        title=clean_texts.get("title") or None,
        body=clean_texts["body"],
        attachments=tuple(
            replace(item, name=clean_texts[f"attachments.{number}"]) for number, item in enumerate(article.attachments)
        ),
        images=tuple(
            replace(item, caption=clean_texts.get(f"images.{number}") or None)
            for number, item in enumerate(article.images)
        ),
        edits={name: each.edits for name, each in edited.items() if each.edits},
        damaged={name: each.damaged for name, each in edited.items() if each.damaged},
    )


def _gaps(damaged: Mapping[str, tuple[Damage, ...]]) -> dict[str, tuple[Damage, ...]]:
    """By field, the places where reading found a page of the article missing."""
    found = {
        name: tuple(each for each in marks if each.reason.startswith(LACKS_PAGE)) for name, marks in damaged.items()
    }
    return {name: marks for name, marks in found.items() if marks}


def _marked(edited: Edited, gaps: Sequence[Damage]) -> Edited:
    """A text with a mark for each gap: one whose place a rule has changed stands at the end."""
    told = {each.reason for each in edited.damaged}
    end = len(edited.text)
    return mark(edited, [Damage(end, end, gap.reason) for gap in gaps if gap.reason not in told])


def _is_title(edited: Edited) -> bool:
    """Whether a title is one after cleaning: of a hijacked one too little is left."""
    cut = any(made.rule.startswith("spam-") for made in edited.edits)
    return not cut or (len(edited.text) >= _TITLE_SHORTEST and not is_spam(edited.text))


def recovered_title(article: Article, diagnosis: Diagnosis) -> Edited | None:
    """Put the best of the other texts that may be the title in the place of the hijacked one, on record as inferred.
    Returns None when none of them may be."""
    hijacked = article.title or ""
    for text in article.title_evidence:
        taken = edit(Edited(hijacked), "spam-title", [Change(0, len(hijacked), text, "inferred")])
        cleaned = _apply_rules(reread_misread(taken, diagnosis), diagnosis)
        if len(cleaned.text) >= _TITLE_SHORTEST and not is_spam(cleaned.text):
            return cleaned
    return None


def _texts(article: Article) -> dict[str, str]:
    """All prose of an article by field; the name of attachment 0 is "attachments.0", likewise the captions."""
    texts = {name: getattr(article, name) for name in TEXT_FIELDS}
    texts |= {f"attachments.{number}": item.name for number, item in enumerate(article.attachments)}
    texts |= {f"images.{number}": item.caption for number, item in enumerate(article.images)}
    return {name: text for name, text in texts.items() if text is not None}


def clean_text(text: str, diagnosis: Diagnosis | None = None) -> Edited:
    """Repair and despam one text, with one record of edits for both.

    >>> clean_text("產(chǎn)業(yè)園區(qū)發(fā)展\\n亚洲国产日本一区二区,国产av无码专区,国产精品动漫在线一区").text
    '产业园区发展'
    """
    edited = reread_misread(Edited(text), diagnosis or Diagnosis())
    return _apply_rules(edited, diagnosis or diagnose(edited.text))


def _apply_rules(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """All rules of repair and of spam, in their order, but the first of repair: misread text was read again already,
    for the diagnosis."""
    for rule in REPAIR_RULES[1:]:
        edited = rule(edited, diagnosis)
    return cut_all(edited, diagnosis)


def _site_of(article: Article) -> SiteProfile | None:
    try:
        return site_named(article.site) if article.site else None
    except UnknownSiteError:
        return None
