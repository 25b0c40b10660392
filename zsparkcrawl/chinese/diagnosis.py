"""What is wrong with a page's texts, told from all of them at once: that is where the evidence is."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import add
from typing import Any, Literal

from zsparkcrawl.chinese.cuts import find_cuts
from zsparkcrawl.chinese.families import ANNOTATED_BY_TOOLS
from zsparkcrawl.chinese.readings import readings_of
from zsparkcrawl.chinese.runs import Runs
from zsparkcrawl.chinese.script import (
    ANNOTATION,
    has_simplified,
    simplified,
    simplified_in,
    simplified_of,
    traditional_in,
)
from zsparkcrawl.items import Diagnosis, Script

__all__ = ["counted", "diagnose", "runs_of"]


def _any_of(words: str) -> re.Pattern[str]:
    """An expression for any of these words, which may hold sets of characters.

    As they are `re` would try one after the other at each place, for 80 ns a character. One that begins with all first
    characters, and goes on where a second one follows, takes 10 ns.
    """
    parts: list[tuple[str, str, str]] = re.findall(r"(\[.+?\]|.)(\[.+?\]|.)([^|]*)\|?", words)
    first, second = ("".join(part[place].strip("[]") for part in parts) for place in (0, 1))
    anyone = "|".join(f"(?<={head}){follows}{rest}" for head, follows, rest in parts)
    return re.compile(f"[{first}](?=[{second}])(?:{anyone})")


# A character table keeps these in their Simplified form inside Traditional words, where a writer of Traditional
# never would: 關于 for 關於, 干部 for 幹部, 制藥 for 製藥.
_TURNED_WORDS = _any_of(
    "關于|由于|對于|屬于|鑒于|基于|處于|終于|勇于|善于|便于|趨于|高于|低于|位于|等于|于是|至于|用于|源于|致力于|有利于"
    "|并[且對與將為從於給進開邀現請]|[，,;；。]并"
    "|[以之最然今隨先此戰會課產前]后|后[續來勤臺備]|"
    "干[部事勁線貨群]|骨干|能干|實干|才干|主干|干凈|若干|干燥"
    "|[這那哪園區城村鄉心]里"
    "|制[藥造劑備品]|[研監復繪]制|聯系|關系|云[計端平服]|范[圍例本]|[規示模典]范|采[用取購集訪納]|委托|剩余|其余"
    "|余[萬個人名項家戶]|答復|復[雜合印]|重復"
)
_WEAK = re.compile("[復答重若采云范委托剩其余這那哪園區城村鄉心]|制[備品]|監制|[以之最然今隨先此戰會課產前]后")
"""Words that careless writers of Traditional, and machines, make as well: one of them is no evidence."""
# Only a writer of Traditional, or a converter that knows phrases, makes these: a character table leaves 于 后 并 …
_GENUINE = re.compile("[於後並併幹餘製裡裏雲週麵繫係佔佈託範採徵鬆儘鬱鬍闆嚮颱鬥捲鹼穀僅籲甦祇]")
_MARKS = re.compile(r"[?\ufffd]\(?\s?[a-zü]{0,4}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]{0,3}\s?\)")
_PUBLISHED = re.compile(
    r"(?:發|发)(?:\([^)]{1,8}\))?布(?:時|时|日)(?:\([^)]{1,8}\))?(?:間|间|期)(?:\([^)]{1,8}\))?\s*[:：]\s*"
    r"((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})"
)


def diagnose(
    *texts: str | None,
    written_in: Literal["simplified", "traditional"] | None = None,
    published: dt.date | None = None,
) -> Diagnosis:
    """What kinds of damage texts of one page carry.

    ``written_in`` is the script of the site, where its profile is known; ``published`` the article's date, else it
    is read from a labelled date among the texts.

    >>> found = diagnose("關(guān)于組織申報(bào)項(xiàng)目的通知")
    >>> found.script, sorted(found.annotated)
    ('turned', ['報', '關', '項'])
    >>> diagnose("關於後續事項的說明").script, diagnose("关于后续事项的说明").script
    ('traditional', 'simplified')
    """
    whole = "\n".join(text for text in texts if text)
    shifted = bool(_MARKS.search(whole))
    annotated = _annotated(whole, shifted)
    plain = ANNOTATION.sub("", whole) if annotated or shifted else whole
    script, evidence = _script(plain, written_in, bool(annotated) or shifted)
    if annotated:
        evidence.append(f"{len(annotated)} characters carry pinyin: {''.join(sorted(annotated))}")
    if shifted:
        evidence.append("pinyin behind half a character: bytes are shifted")
    cuts = find_cuts(plain, whole) if script == "turned" else None
    if cuts and cuts.found:
        evidence.append(f"text behind a mark is shifted: {cuts.first}")
    elif cuts and cuts.excluded:
        evidence.append(f"{cuts.whole} places stand whole at which a tool that cuts would have cut")
    runs = _Runs(plain if shifted or script in {"turned", "unknown"} else "")
    cut, uncut = (cuts.found, cuts.excluded) if cuts else (False, False)
    return Diagnosis(script, annotated, shifted, cut, published or _published(whole), tuple(evidence), runs, uncut)


def _annotated(text: str, shifted: bool) -> dict[str, frozenset[str]]:
    """The characters that a tool annotated on this page, with the readings it wrote; none in a lesson."""
    found: dict[str, set[str]] = {}
    times: Counter[str] = Counter()
    plain = 0
    table = simplified_of()
    written = Counter((text[match.start() - 1], match[1]) for match in ANNOTATION.finditer(text) if match.start())
    for (character, reading), count in written.items():
        if reading not in readings_of(character):
            continue
        if character in table or character == "著":
            found.setdefault(character, set()).add(reading)
            times[character] += count
        else:
            plain += count
    # Tools annotate only characters that differ between the scripts; a lesson or a poem annotates all of them.
    if plain > sum(times.values()) / 2:
        return {}
    strangers = found.keys() - ANNOTATED_BY_TOOLS
    # A tool at work shows by shifted bytes, by two characters that tools are known to annotate, or by eight that are
    # not. Beside it a stranger is the tool's too (a real page has 擔譽價責權), unless it is rare or stands bare
    # elsewhere: then somebody explains how 譙 is read.
    tool = shifted or len(found) - len(strangers) >= 2 or len(strangers) >= 8
    standing = Counter(text) if strangers else times
    for character in strangers:
        bare = standing[character] > times[character]
        if bare or not _common(table[character]) or not (tool or times[character] >= 2):
            del found[character]
    return {character: frozenset(readings) for character, readings in found.items()}


def _common(character: str) -> bool:
    """Whether it is one of the 3,755 characters of the first level of GB 2312."""
    return b"\xb0" <= character.encode("gb2312", "ignore")[:1] <= b"\xd7"


def _script(text: str, written_in: str | None, by_tool: bool) -> tuple[Script, list[str]]:
    # Most text has no Traditional character, and then the Simplified ones need not be counted.
    if not (traditional := len(traditional_in(text))):
        simplified_only = "characters that are only Simplified, none that are only Traditional"
        return ("simplified", [simplified_only]) if has_simplified(text) else ("unknown", [])
    simplified = len(simplified_in(text))
    genuine = len(_GENUINE.findall(text))
    words = sum(1 if _WEAK.match(match[0]) else 2 for match in _TURNED_WORDS.finditer(text))
    evidence = [
        f"{traditional} characters only Traditional, {simplified} only Simplified",
        f"{genuine} characters that a character table never makes, {words} words that only one makes",
    ]
    script: Script = "unknown"
    if by_tool and genuine <= words + traditional // 20:
        script = "turned"
    elif simplified > traditional:
        script = "simplified"
    elif genuine > words:
        script = "traditional"
    elif words >= 2 and words > 2 * genuine:
        script = "turned"
    elif written_in == "simplified" and traditional >= 2:
        evidence.append("the site writes Simplified")
        script = "turned"
    return script, evidence


class _Runs(Mapping[str, int]):
    """How often each run of one, two and three characters stands in a text: counted when it is first asked, for
    counting takes longer than the rest of a diagnosis, and a healthy text is not asked."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def counted(self) -> Runs:
        """The same as a table of numbers."""
        return Runs(self._text)

    @cached_property
    def _names(self) -> dict[str, None]:
        ones = simplified(self._text)
        twos = list(map(add, ones, ones[1:]))
        return dict.fromkeys((*ones, *twos, *map(add, twos, ones[2:])))

    def __getitem__(self, run: str) -> int:
        if not (times := self.counted.times(run)):
            raise KeyError(run)
        return times

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def get(self, run: str, default: Any = None) -> Any:
        return self.counted.times(run) or default


def counted(runs: Mapping[str, int]) -> Runs:
    """The runs of a diagnosis as a table of numbers.

    >>> counted(diagnose("產業產業園區").runs).times("产业"), counted({}).times("产业")
    (2, 0)
    """
    if isinstance(runs, _Runs):
        return runs.counted
    table = Runs("", len(runs))
    for run, times in runs.items():
        table.add(run, times)
    return table


def runs_of(text: str) -> Mapping[str, int]:
    """How often each run of one, two and three characters stands in a text, in Simplified; counted when first asked.

    >>> runs_of("產業產業園區")["产业"]
    2
    """
    return _Runs(text)


def _published(text: str) -> dt.date | None:
    if (match := _PUBLISHED.search(text)) is None:
        return None
    try:
        return dt.date(*map(int, match.groups()))
    except ValueError:
        return None
