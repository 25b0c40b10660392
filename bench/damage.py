"""The damage done to the hijacked copies, as a program: good Simplified text in, damaged text out.

A repair can be measured only against the truth, and of a damaged page the truth is not known. So the damage
is done here on purpose, step by step, as the tools did it:

1. `to_traditional`: every character by itself, without regard to words;
2. pinyin in brackets after some characters (`Host.rules`);
3. the same insertion where two neighbours' bytes spell such a character in GBK;
4. the text cut wherever the bytes of ！ ， ； ？ stand, even half in one character and half in the next,
   and each piece read by itself (`decode`).

What an archive does afterwards (full-width marks kept as ASCII) is `Host.narrowed`. Each kind of tool is a
`Host`.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import opencc

from bench.tables import FAMILY_1, FAMILY_2, OTHER_FORMS, READINGS, STRAYS, UNCONVERTED

Rules = tuple[tuple[str, str], ...]

_PAIRS = {
    pair: shown
    for pair in (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    if not (shown := pair.decode("gbk", "ignore")).isascii()
}
_MARKS = re.compile(rb"(\xa3[\xa1\xac\xbb\xbf])")  # ！ ， ； ？
_FULL_STOP = re.compile(rb"(\xa1\xa3)")  # 。
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, slots=True)
class Host:
    """How one host's tool works. The defaults are a tool that only turns Simplified into Traditional."""

    name: str
    family: str
    rules: Rules = ()
    """(character, reading) in the order the tool applies them."""
    traditional: bool = True
    kept: str = ""
    """Simplified characters which this converter leaves alone besides the usual ones (台 on some hosts)."""
    shifted: bool = True
    """The rules search bytes, at any offset. False: a tool that knows what a character is."""
    blank_inside: bool = False
    """`會(huì )` instead of `會(huì)`."""
    cuts: bool = False
    full_stops: bool = False
    """The pieces are cut at 。 too, after the other marks. Only with `cuts`."""
    orphan: str = "?"
    """What a lead byte left alone at the end of a piece becomes; "" where it vanishes."""
    decoder: Literal["swallow", "replacement"] = "swallow"
    unassigned: str = ""
    """What a pair of bytes becomes to which GBK assigns nothing; "" where it vanishes."""
    narrowed: bool = False
    """The archive keeps full-width marks, digits and letters as ASCII."""


@cache
def _script() -> dict[int, str]:
    """The character table of step 1."""
    simplified = sorted(set(_PAIRS.values()) - set(UNCONVERTED))
    # one character a line, so that no word of OpenCC's can match
    forms = opencc.OpenCC("s2t").convert("\n".join(simplified)).split("\n")
    table = dict(zip(simplified, forms, strict=True)) | OTHER_FORMS
    gbk = set(_PAIRS.values())
    return {ord(char): form for char, form in table.items() if form != char and form in gbk}


def to_traditional(text: str, kept: str = "") -> str:
    """Turn Simplified into Traditional character by character, as a table without words does.

    A character that could become several stays what it was, and so does one in `kept`:

    >>> to_traditional("关于干部制药")
    '關于干部制藥'
    >>> to_traditional("走着 平台"), to_traditional("平台", kept="台")
    ('走著 平臺', '平台')
    """
    if not kept:
        return text.translate(_script())
    return text.translate({code: form for code, form in _script().items() if chr(code) not in kept})


def rules(characters: Iterable[str]) -> Rules:
    """The rules that annotate these characters, in this order, each with the one reading the tools know.

    >>> rules("數當")
    (('數', 'shù'), ('當', 'dāng'))
    """
    return tuple((char, READINGS[char]) for char in characters)


def _to_bytes(text: str) -> bytes:
    """The page's bytes. What GBK lacks is a numeric entity; an `&` that could look like one is escaped."""
    return re.sub(r"&(?=#\d+;|amp;)", "&amp;", text).encode("gbk", "xmlcharrefreplace")


def _from_entities(text: str) -> str:
    return re.sub(r"&(?:#(\d+)|amp);", lambda found: chr(int(found[1])) if found[1] else "&", text)


def _annotated(text: str, host: Host) -> bytes:
    """Steps 2 and 3. Each rule sees what the rules before it made."""
    notes = [(char, f"{char}({reading}{' ' if host.blank_inside else ''})") for char, reading in host.rules]
    if not host.shifted:
        for char, noted in notes:
            text = text.replace(char, noted)
        return _to_bytes(text)
    page = _to_bytes(text)
    for char, noted in notes:
        page = page.replace(char.encode("gbk"), noted.encode("gbk"))
    return page


def _undecodable(pair: bytes, host: Host) -> tuple[str, int]:
    """What bytes that are no character become, and how many of them that takes."""
    browser = host.decoder == "replacement"
    if pair[0] in (0x80, 0xFF):  # never a lead byte
        return "\ufffd" if browser else "?", 1
    if len(pair) == 1:
        return host.orphan, 1
    if browser and pair[1] < 0x80:  # as the WHATWG standard has it: an ASCII byte is never lost
        return "\ufffd", 1
    if pair[1] < 0x40 or pair[1] == 0x7F:  # never a trail byte
        return "?", 2
    # Here too the second byte can be ASCII (40-7E). It is a possible trail byte, so that a decoder which
    # takes two bytes before it looks them up loses both, like any pair that GBK leaves empty.
    return host.unassigned, 2


def decode(piece: bytes, host: Host) -> str:
    """Read bytes as the host does, whatever they are.

    A lead byte before `(` is no character. One decoder writes `?` and swallows the bracket, one keeps it:

    >>> broken = bytes.fromhex("AE94 B5") + b"(A)"
    >>> decode(broken, Host("a", "none")), decode(broken, Host("b", "none", decoder="replacement"))
    ('當?A)', '當\ufffd(A)')
    """
    shown: list[str] = []
    at = 0
    while at < len(piece):
        pair = piece[at : at + 2]
        if pair[0] < 0x80:
            shown.append(chr(pair[0]))
            at += 1
        elif pair in _PAIRS:
            shown.append(_PAIRS[pair])
            at += 2
        else:
            mark, taken = _undecodable(pair, host)
            shown.append(mark)
            at += taken
    return "".join(shown)


def _cut_and_decoded(page: bytes, cuts: tuple[re.Pattern[bytes], ...], host: Host) -> str:
    """Step 4: the pieces between the first kind of cut, each cut by the next kind, and read one by one."""
    if not cuts:
        return decode(page, host)
    parts = cuts[0].split(page)  # piece, mark, piece, mark, …, piece
    return "".join(
        part.decode("gbk") if number % 2 else _cut_and_decoded(part, cuts[1:], host)
        for number, part in enumerate(parts)
    )


def damage(text: str, host: Host, *, entities: bool = False) -> str:
    """Do to good Simplified text what this host's tool does to it.

    The bytes 94 B5 of 數 stand across 當 and 的, so its reading goes between them; 當's own is put in after
    that, and what follows is read one byte off until 隊 brings it back into step:

    >>> tool = Host("example", "family 1", rules("數當隊"))
    >>> damage("的干部队伍", tool), damage("担当的干部队伍", tool)
    ('的干部隊(duì)伍', '擔當(dāng)?shù)母刹筷?duì)伍')

    A3 BB are the bytes of ；, and here they are half of 。 and half of 火:

    >>> damage("。火炬区", Host("example", "none", cuts=True, orphan="", narrowed=True))
    ';鹁鎱^'

    A character that GBK lacks passes through unharmed, for the page holds an entity in its place. With
    `entities` the result is the page's source, where it still does:

    >>> damage("5 €", tool), damage("5 €", tool, entities=True)
    ('5 €', '5 &#8364;')
    """
    if host.traditional:
        text = to_traditional(text, host.kept)
    cuts: tuple[re.Pattern[bytes], ...] = ()
    if host.cuts:
        cuts = (_MARKS, _FULL_STOP) if host.full_stops else (_MARKS,)
    shown = _cut_and_decoded(_annotated(text, host), cuts, host)
    if not entities:
        shown = _from_entities(shown)
    return shown.translate(_NARROW) if host.narrowed else shown


def family_1(cut_off: int) -> Host:
    """A host of family 1 that annotates the first `cut_off` characters of the fixed order."""
    return Host(f"family-1-{cut_off:03}", "family 1", rules((FAMILY_1 + STRAYS)[:cut_off]))


def family_2() -> Host:
    """A host of family 2, which writes a blank inside the brackets."""
    return Host("family-2", "family 2", rules(FAMILY_2), kept="台", blank_inside=True)


def hosts() -> tuple[Host, ...]:
    """A small fixed choice, from sparse to dense, each kind of tool without cuts and with them."""
    plain = (*(family_1(cut_off) for cut_off in (20, 60, 100, 160)), family_2())
    cutting = (
        replace(host, name=f"{host.name}-cut", cuts=True, narrowed=True, orphan="?" if number % 2 else "")
        for number, host in enumerate(plain)
    )
    return (*plain, *cutting)


def random_host(rng: random.Random) -> Host:
    """A host such as could be met: of either family, from sparse to dense, with any of the habits seen."""
    first = rng.random() < 0.75
    order = FAMILY_1 if first else FAMILY_2
    wanted = set(FAMILY_1[: rng.randint(8, len(FAMILY_1))] if first else FAMILY_2)
    noise = {char for char in order + STRAYS if rng.random() < 0.015}
    decoder: Literal["swallow", "replacement"] = "swallow" if rng.random() < 0.8 else "replacement"
    lost = ("?", "") if decoder == "swallow" else ("\ufffd",)
    return Host(
        name=f"random-{rng.getrandbits(32):08x}",
        family="family 1" if first else "family 2",
        rules=rules(char for char in order + STRAYS if (char in wanted) != (char in noise)),
        kept=rng.choice(("", "台")),
        shifted=rng.random() < 0.95,
        blank_inside=not first and rng.random() < 0.5,
        cuts=rng.random() < 0.5,
        full_stops=rng.random() < 0.25,
        orphan=rng.choice(lost),
        decoder=decoder,
        unassigned=rng.choice(lost),
        narrowed=rng.random() < 0.6,
    )
