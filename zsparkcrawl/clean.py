"""Cleaning: an article as it stands on the page becomes the article as it was written, every change on record."""

from __future__ import annotations

from dataclasses import replace

from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.edits import Damage, Edit, Edited
from zsparkcrawl.extract import extract
from zsparkcrawl.items import Article, Attachment, Diagnosis, Image, Page
from zsparkcrawl.repair import RULES as REPAIR_RULES
from zsparkcrawl.sites import SiteProfile, UnknownSiteError, site_named
from zsparkcrawl.spam import RULES as SPAM_RULES

__all__ = ["TEXT_FIELDS", "clean", "clean_text", "read"]

TEXT_FIELDS = ("title", "author", "source", "editor", "body")
"""The fields that hold prose, in the order in which they are cleaned."""


def read(page: Page, site: SiteProfile | None = None) -> Article:
    """From a page to a clean article: extract, then clean. Raises UnreadableError when the page holds no article.

    >>> html = "<h1>產(chǎn)業(yè)園區(qū)發(fā)展</h1><p>發(fā)布時(shí)間：2019-02-19</p><p>218日，關(guān)于創(chuàng)新的會(huì)議召開。</p>"
    >>> article = read(Page("http://www.nhtp.org/news/7.html", html.encode()))
    >>> article.title, article.body
    ('产业园区发展', '2月18日，关于创新的会议召开。')
    """
    return clean(extract(page, site), site)


def clean(article: Article, site: SiteProfile | None = None) -> Article:
    """Diagnose all texts of an article together, then repair and despam each.

    An author, source or editor that cleaning leaves empty becomes None.
    """
    site = site or _site_of(article)
    diagnosis = diagnose(
        *(getattr(article, name) for name in TEXT_FIELDS),
        written_in=site.script if site else None,
        published=article.date,
    )
    texts: dict[str, Edited] = {
        name: clean_text(text, diagnosis) for name in TEXT_FIELDS if (text := getattr(article, name)) is not None
    }
    for kind, items in (("attachments", article.attachments), ("images", article.images)):
        for number, item in enumerate(items):
            name = item.name if isinstance(item, Attachment) else item.caption
            if name is not None:
                texts[f"{kind}.{number}"] = clean_text(name, diagnosis)
    return replace(
        article,
        diagnosis=diagnosis,
        **{name: texts[name].text or (None if name != "body" else "") for name in TEXT_FIELDS if name in texts},
        attachments=tuple(
            Attachment(texts[f"attachments.{number}"].text, item.url) for number, item in enumerate(article.attachments)
        ),
        images=tuple(
            Image(item.url, None if item.caption is None else texts[f"images.{number}"].text or None)
            for number, item in enumerate(article.images)
        ),
        edits=_only_filled({name: edited.edits for name, edited in texts.items()}),
        damaged=_only_damaged({name: edited.damaged for name, edited in texts.items()}),
    )


def clean_text(text: str, diagnosis: Diagnosis | None = None) -> Edited:
    """Repair and despam one text, with one record of edits for both.

    >>> clean_text("產(chǎn)業(yè)園區(qū)發(fā)展\\n亚洲国产日本一区二区,国产av无码专区,国产精品动漫在线一区").text
    '产业园区发展'
    """
    diagnosis = diagnose(text) if diagnosis is None else diagnosis
    edited = Edited(text)
    for repair_rule in REPAIR_RULES:
        edited = repair_rule(edited, diagnosis)
    for spam_rule in SPAM_RULES:
        edited = spam_rule(edited)
    return edited


def _site_of(article: Article) -> SiteProfile | None:
    try:
        return site_named(article.site) if article.site else None
    except UnknownSiteError:
        return None


def _only_filled(edits: dict[str, tuple[Edit, ...]]) -> dict[str, tuple[Edit, ...]]:
    return {name: made for name, made in edits.items() if made}


def _only_damaged(damaged: dict[str, tuple[Damage, ...]]) -> dict[str, tuple[Damage, ...]]:
    return {name: spans for name, spans in damaged.items() if spans}
