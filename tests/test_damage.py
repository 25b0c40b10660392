"""The forward model against what the real pages show: each fragment here was read off one."""

import random
from dataclasses import replace
from typing import Any

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.damage import Host, damage, decode, family_1, family_2, hosts, random_host, rules, to_traditional
from bench.tables import FAMILY_1, FAMILY_2, READINGS, STRAYS

# The characters of one real page: those its tool converted, and those it left though they have other forms.
CONVERTED = (
    "來個備價優儲兒內凈創劃勁動務勞勢勵匯區協參員問單國圍園團堅報壘學實將專對導層帶庫廠廣強從惡態應戰戶掃揮搶擊擔擴擺時書會東條業"
    "榮構標機權準濟灣為營爭獎獲獻現產當發盤眾粵約納級組結絕經總績織繞義習聞聯職腦臺與興萬藥術裝規計記訪設評誠請論諧識護譽變財貢責"
    "賀資質踐軍載輸轉辦進運過遷醫鋒鍵鎮鏈門開閑間關隊際頁項領頭題類風驅體鴻鶴點黨"
)
LEFT = "了于余出制升合同后向家局布干并念才扎斗板果核系群范表谷面"

BARE = Host("bare", "none")
CUT = replace(BARE, cuts=True, narrowed=True)
LOSING = replace(CUT, orphan="")


def tool(characters: str, **habits: Any) -> Host:
    """A host that annotates these characters, in this order."""
    return replace(BARE, rules=rules(characters), **habits)


@pytest.mark.parametrize(
    ("good", "damaged"),
    [
        ("关于", "關于"),
        ("干部", "干部"),
        ("制药", "制藥"),
        ("连云港", "連云港"),
        ("发业区", "發業區"),
        ("复", "復"),
        ("走着 著作", "走著 著作"),
        ("于后并干余谷系制面里采占云范托布臺", "于后并干余谷系制面里采占云范托布臺"),
    ],
)
def test_script(good: str, damaged: str) -> None:
    assert to_traditional(good) == damaged


def test_script_agrees_with_a_real_page() -> None:
    assert to_traditional(opencc.OpenCC("t2s").convert(CONVERTED)) == CONVERTED
    assert to_traditional(LEFT) == LEFT


def test_some_hosts_convert_a_character_that_others_keep() -> None:
    assert (damage("平台", BARE), damage("平台", replace(BARE, kept="台"))) == ("平臺", "平台")


def test_script_reaches_every_annotated_character_and_only_gbk() -> None:
    simplified = opencc.OpenCC("t2s")
    assert all(to_traditional(simplified.convert(char)) == char for char in READINGS)
    every = [char for char in map(chr, range(0x4E00, 0xA000)) if _in_gbk(char)]
    assert [char for char in every if not _in_gbk(to_traditional(char))] == []


def _in_gbk(char: str) -> bool:
    return bool(char.encode("gbk", "ignore"))


@pytest.mark.parametrize(
    ("good", "host", "damaged"),
    [
        ("发展  产业  区", tool("發產業區"), "發(fā)展  產(chǎn)業(yè)  區(qū)"),
        ("会  创", tool("會創", blank_inside=True), "會(huì )  創(chuàng )"),
        ("市长 著", tool("長著"), "市長(cháng) 著(zhù)"),
        ("研发(R&D) 人工智能(AI)", tool("發"), "研發(fā)(R&D) 人工智能(AI)"),
    ],
)
def test_annotation(good: str, host: Host, damaged: str) -> None:
    assert damage(good, host) == damaged


def test_an_excerpt_ends_inside_an_annotation() -> None:
    assert damage("发", tool("發"))[:3] == "發(f"
    assert damage("进", tool("進"))[:3] == "進(j"


@pytest.mark.parametrize(
    ("good", "host", "damaged"),
    [
        ("担当的干部队伍", tool("數隊"), "擔當?shù)母刹筷?duì)伍"),
        ("担当的干部队伍", tool("數當隊"), "擔當(dāng)?shù)母刹筷?duì)伍"),
        ("担当的干部队伍", tool(FAMILY_1 + STRAYS), "擔(dān)當(dāng)?shù)母刹筷?duì)伍"),
        ("当的干", tool("數", decoder="replacement"), "當\ufffd(shù)母?"),
        ("担当的干部队伍", tool("數隊", decoder="replacement"), "擔當\ufffd(shù)母刹筷\ufffd(duì)伍"),
        ("奖者颁", tool("務"), "獎?wù)哳C"),
        ("加东亚", tool("訓"), "加?xùn)|亞"),
        # an odd byte eats what follows: the `<` of a tag, a digit, a line end
        ("奖者</p>", tool("務"), "獎?wù)?/p>"),
        ("奖者</strong>", tool("務"), "獎?wù)?/strong>"),
        ("奖者2人", tool("務"), "獎?wù)?人"),
        ("奖者\n人", tool("務"), "獎?wù)?人"),
        ("奖者</p>", tool("務", decoder="replacement"), "獎\ufffd(wù)\ufffd</p>"),
        # FE B8 is nothing in GBK
        ("奖者政府2", tool("務"), "獎?wù)哒?"),
        ("奖者政府2", tool("務", unassigned="?"), "獎?wù)哒??"),
        # 務 spelled across two characters again, inside a run that is shifted already: here it can be read
        ("当的奖者", tool("數務"), "當?shù)莫務(wù)?"),
    ],
)
def test_shifted(good: str, host: Host, damaged: str) -> None:
    assert damage(good, host) == damaged


def test_the_order_of_the_rules_matters() -> None:
    assert damage("当的", tool("數當")) == "當(dāng)?shù)?"
    assert damage("当的", tool("當數")) == "當(dāng)的"


def test_a_tool_that_knows_characters_does_not_shift() -> None:
    assert damage("担当的干部队伍", tool("數當隊", shifted=False)) == "擔當(dāng)的干部隊(duì)伍"


@pytest.mark.parametrize(
    ("good", "host", "damaged"),
    [
        ("。考察期间", LOSING, "?疾炱陂g"),
        ("。火炬区", LOSING, ";鹁鎱^"),
        ("专科医护", LOSING, "?漆t護"),
        ("。现在", CUT, "?,F在"),
        ("确保活动", CUT, "確?;顒?"),
        ("确保活动</strong>", CUT, "確?;顒?/strong>"),
        ("奖章。", replace(LOSING, rules=rules("務"), full_stops=True), "獎?wù)。"),
        # the same as the tool itself shows it, before an archive narrows the marks
        ("。考察期间", replace(LOSING, narrowed=False), "？疾炱陂g"),
        ("。火炬区", replace(LOSING, narrowed=False), "；鹁鎱^"),
        ("。现在", replace(CUT, narrowed=False), "?，F在"),
        # without cuts all of it is well
        ("。火炬区。现在", BARE, "。火炬區。現在"),
        # a cut is where reading falls into step again
        ("。火，现在", LOSING, ";,現在"),
    ],
)
def test_cuts(good: str, host: Host, damaged: str) -> None:
    assert damage(good, host) == damaged


@pytest.mark.parametrize(
    ("piece", "swallowed", "replaced"),
    [
        (b"\xb5(", "?", "\ufffd("),
        (b"\xb5\x7f", "?", "\ufffd\x7f"),
        (b"\xa1F", "!", "\ufffdF"),
        (b"\xfe\xb8", "!", "!"),
        (b"\x80\xff", "??", "\ufffd\ufffd"),
        (b"\xb5", "", ""),
        (b"\xd4\xda2", "在2", "在2"),
        (b"\x85^", "區", "區"),
    ],
)
def test_decode(piece: bytes, swallowed: str, replaced: str) -> None:
    host = replace(BARE, orphan="", unassigned="!")
    assert decode(piece, host) == swallowed
    assert decode(piece, replace(host, decoder="replacement")) == replaced


@given(st.binary(max_size=40))
def test_decode_is_the_codec_where_the_codec_can(piece: bytes) -> None:
    shown = decode(piece, BARE)
    try:
        assert shown == piece.decode("gbk")
    except UnicodeDecodeError:
        assert len(shown) <= len(piece)


def test_full_width_marks_are_narrowed_and_chinese_ones_are_not() -> None:
    assert damage("（一）：甲，乙；Ａ！？。“”、", replace(BARE, narrowed=True)) == "(一):甲,乙;A!?。“”、"


@settings(deadline=None)
@given(st.text() | st.text(alphabet="&#83amp;€😀区"))
def test_a_host_that_does_nothing_changes_nothing(text: str) -> None:
    assert damage(text, Host("nothing", "none", traditional=False)) == text


def test_what_gbk_lacks_is_an_entity_in_the_source() -> None:
    assert damage("€😀区", BARE, entities=True) == "&#8364;&#128512;區"
    assert damage("€ &#8364; &amp;#1;", BARE) == "€ &#8364; &amp;#1;"


def drawn(seed: int) -> Host:
    return random_host(random.Random(seed))


HOSTS = st.integers().map(drawn)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x7F)), HOSTS)
def test_ascii_is_untouched(text: str, host: Host) -> None:
    assert damage(text, host) == text


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="gb18030")), HOSTS)
def test_damage_is_deterministic(text: str, host: Host) -> None:
    assert damage(text, host) == damage(text, host)


def test_random_hosts_cover_every_habit() -> None:
    met = [drawn(seed) for seed in range(400)]
    assert met == [drawn(seed) for seed in range(400)]
    assert {host.family for host in met} == {"family 1", "family 2"}
    assert {(host.decoder, host.orphan) for host in met} == {
        ("swallow", "?"),
        ("swallow", ""),
        ("replacement", "\ufffd"),
    }
    for habit in ("cuts", "full_stops", "narrowed", "blank_inside", "shifted"):
        assert {getattr(host, habit) for host in met} == {True, False}
    sizes = [len(host.rules) for host in met if host.family == "family 1"]
    assert min(sizes) < 15
    assert max(sizes) > 115


def test_named_hosts() -> None:
    chosen = hosts()
    assert len({host.name for host in chosen}) == len(chosen)
    assert [char for char, _ in family_1(20).rules] == list(FAMILY_1[:20])
    assert dict(family_2().rules)["長"] == "cháng"
    assert READINGS.keys() == set(FAMILY_1 + FAMILY_2 + STRAYS)
    assert "發(fā)展" in damage("发展", chosen[1])
