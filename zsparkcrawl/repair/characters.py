"""Characters that are none: entities that were escaped twice, zero-width and control characters inside words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from zsparkcrawl.edits import Change, Edited, edit
from zsparkcrawl.items import Diagnosis

__all__ = ["decode_entities", "remove_invisible"]

_WIDE = "\u2018-\u201d\u2026\u2014\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff65"
_CHINESE = re.compile(f"[{_WIDE}]")
_UNSEEN = r"[\u00ad\u200b-\u200d\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_INVISIBLE = re.compile(rf"(?<=[{_WIDE}\d]){_UNSEEN}+(?=[{_WIDE}\d])")
_SUSPECT = re.compile(_UNSEEN)
"""Any of these anywhere: six times as fast to look for as with what stands around, and hardly any text has one."""
# Named entities that stand in Chinese pages for punctuation and blanks; others are more likely meant.
_ENTITY = r"&(?:amp;)?(?:nbsp|ldquo|rdquo|lsquo|rsquo|mdash|hellip|middot|bull|quot|#\d{2,6}|#x[0-9a-f]{2,5});"
_ENTITIES = re.compile(f"{_ENTITY}(?:{_ENTITY})*", re.IGNORECASE)
_ABOUT_MARKUP = re.compile(r"</?[a-z]+|html|实体|實體|转义|轉義|编码|編碼|代码|代碼|字符|字元", re.IGNORECASE)


def decode_entities(edited: Edited, diagnosis: Diagnosis) -> Edited:
    """Decode entities that still stand in the text because they were escaped twice: 园区&amp;nbsp;企业.

    Leaves alone: entities that touch no Chinese character, and any in a text that speaks of markup.

    >>> decode_entities(Edited("召开&ldquo;三资&rdquo;会议"), Diagnosis()).text
    '召开“三资”会议'
    """
    changes = list(_decoded(edited.text)) if "&" in edited.text else []
    return edited if not changes or _ABOUT_MARKUP.search(edited.text) else edit(edited, "entities", changes)


def _decoded(text: str) -> Iterator[Change]:
    for match in _ENTITIES.finditer(text):
        around = text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
        if _CHINESE.search(around):
            after = html.unescape(html.unescape(match[0])).replace("\xa0", " ")
            yield Change(match.start(), match.end(), after)


def remove_invisible(edited: Edited, diagnosis: Diagnosis) -> Edited:
    r"""Remove zero-width and control characters between two Chinese characters, where they mean nothing.

    Leaves alone: line ends and tabs, and joiners in emoji, Indic or Arabic text.

    >>> remove_invisible(Edited("健康\u200b基地"), Diagnosis()).text
    '健康基地'
    """
    if not _SUSPECT.search(edited.text):
        return edited
    return edit(edited, "invisible", (Change(*match.span(), "") for match in _INVISIBLE.finditer(edited.text)))
