"""Bytes to text: the bytes decide, whatever the header and the page declare."""

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.damage import Host, damage, hosts, to_traditional
from zsparkcrawl.charset import decode

NEWS = (
    "园区昨日召开半年工作会议，总结上半年的招商情况，并部署下半年的重点项目。会上，各部门负责人汇报了厂房建设、人才引进、"
    "科技服务和安全生产等方面的进展，大家一致认为要抓住机遇，把健康产业做强做大。"
)
TAIWAN = (
    "園區於昨日召開半年工作會議，總結上半年的招商情況，並說明下半年的重點計畫。會後，各部門主管參觀了新落成的實驗室，"
    "對裡面的設備與製程表示滿意，週末還將舉辦說明會。"
)
JAPANESE = "健康産業パークでは、きのう上半期の会議がひらかれ、あたらしい工場の建設や人材の育成について話し合いました。"

DECLARATIONS = ["", "utf-8", "gb2312", "gbk", "big5", "iso-8859-1", "no-such-charset"]


def html(text: str, meta: str = "") -> str:
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    return f"<html><head>{declared}<title>{text[:6]}</title></head><body><p>{text}</p></body></html>"


def header(charset: str) -> str:
    return f"text/html; charset={charset}" if charset else "text/html"


@pytest.mark.parametrize("meta", DECLARATIONS)
@pytest.mark.parametrize("declared", DECLARATIONS)
@pytest.mark.parametrize("written", ["utf-8", "gb2312", "gbk", "gb18030"])
def test_simplified_text_is_read_whatever_is_declared(written: str, declared: str, meta: str) -> None:
    page = html(NEWS, meta)
    decoded = decode(page.encode(written), header(declared))
    assert decoded.text == page
    assert decoded.charset == ("utf-8" if written == "utf-8" else "gb18030")
    assert "the bytes decide: all decode" in decoded.reason


@pytest.mark.parametrize("meta", DECLARATIONS)
@pytest.mark.parametrize("declared", DECLARATIONS)
def test_a_real_big5_page_is_read_whatever_is_declared(declared: str, meta: str) -> None:
    page = html(TAIWAN, meta)
    decoded = decode(page.encode("big5"), header(declared))
    assert (decoded.text, decoded.charset) == (page, "big5hkscs")


@pytest.mark.parametrize("meta", DECLARATIONS)
@pytest.mark.parametrize("declared", DECLARATIONS)
def test_traditional_characters_in_gbk_are_not_taken_for_big5(declared: str, meta: str) -> None:
    page = html(to_traditional(NEWS), meta)
    decoded = decode(page.encode("gbk"), header(declared))
    assert (decoded.text, decoded.charset) == (page, "gb18030")


@pytest.mark.parametrize("text", ["新闻", "招租公告", "產業園區", "遷址公告"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", ""])
def test_a_few_characters_of_gbk_are_enough(text: str, declared: str) -> None:
    assert decode(text.encode("gbk"), header(declared)).text == text


@pytest.mark.parametrize("rare", ["㙟", "𠮷", "€", "ǹ"])
def test_characters_that_only_gb18030_holds(rare: str) -> None:
    page = html(NEWS + rare, "gb2312")
    assert decode(page.encode("gb18030"), header("gb2312")).text == page


@pytest.mark.parametrize("declared", DECLARATIONS)
@pytest.mark.parametrize(
    ("mark", "charset"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_overrules_every_declaration(mark: bytes, charset: str, declared: str) -> None:
    page = html(NEWS, declared)
    decoded = decode(mark + page.encode(charset), header(declared))
    assert (decoded.text, decoded.charset, decoded.reason) == (page, charset, "byte order mark")


def test_a_utf_16_page_that_ends_in_half_a_character() -> None:
    decoded = decode(codecs.BOM_UTF16_LE + NEWS.encode("utf-16-le")[:-1])
    assert decoded.text == NEWS[:-1] + "\ufffd"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_where_the_header_says_so(charset: str) -> None:
    page = html(NEWS)
    decoded = decode(page.encode(charset), header(charset))
    assert (decoded.text, decoded.charset) == (page, charset)


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_nothing_announces(charset: str) -> None:
    page = "\r\n " + html(NEWS, "gb2312")
    assert decode(page.encode(charset), header("gb2312")).text == page


@pytest.mark.parametrize("declared", DECLARATIONS)
@pytest.mark.parametrize("host", hosts(), ids=lambda host: host.name)
def test_a_hijacked_page_in_gbk(host: Host, declared: str) -> None:
    page = html(damage(NEWS, host), declared)
    decoded = decode(page.encode("gbk", "xmlcharrefreplace"), header(declared))
    assert decoded.charset == "gb18030"
    assert decoded.text.encode("gbk") == page.encode("gbk", "xmlcharrefreplace")


@pytest.mark.parametrize("declared", DECLARATIONS)
@pytest.mark.parametrize(("charset", "chosen"), [("utf-8", "utf-8"), ("gbk", "gb18030")])
@pytest.mark.parametrize("bad", [b"\xff", b"\x80"])
@pytest.mark.parametrize("copies", [1, 300])
def test_one_bad_byte_does_not_turn_the_page(copies: int, bad: bytes, charset: str, chosen: str, declared: str) -> None:
    """The page is longer than the stretch that is compared, and the byte stands inside that stretch."""
    good = html(NEWS * copies, declared).encode(charset)
    middle = good.index(b"<p>") + 3
    body = good[:middle] + bad + b" " + good[middle:]
    decoded = decode(body, header(declared))
    assert decoded.charset == chosen
    assert NEWS * copies in decoded.text
    assert decoded.text.count("\ufffd") == 1


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_a_bad_byte_behind_the_stretch_that_is_compared(charset: str) -> None:
    body = (NEWS * 500).encode(charset) + b"\xff "
    decoded = decode(body, header("big5"))
    assert decoded.text == NEWS * 500 + "\ufffd "
    assert "1 place does not decode" in decoded.reason


@pytest.mark.parametrize("cut", range(4))
def test_a_character_that_the_stretch_cuts_in_two_is_no_fault(cut: int) -> None:
    body = b"x" * cut + (NEWS * 300).encode()
    decoded = decode(body, header("gbk"))
    assert decoded.text == "x" * cut + NEWS * 300


@pytest.mark.parametrize(("charset", "chosen"), [("shift_jis", "shift_jis"), ("euc_jp", "euc_jp")])
def test_japanese_that_is_declared(charset: str, chosen: str) -> None:
    page = html(JAPANESE * 3, charset)
    decoded = decode(page.encode(charset), header(charset))
    assert (decoded.text, decoded.charset) == (page, chosen)


@pytest.mark.parametrize("declared", DECLARATIONS)
def test_japanese_in_utf_8(declared: str) -> None:
    assert decode(JAPANESE.encode(), header(declared)).text == JAPANESE


@pytest.mark.parametrize("declared", DECLARATIONS)
def test_ascii(declared: str) -> None:
    decoded = decode(b"<p>Health park</p>", header(declared))
    assert (decoded.text, decoded.reason) == ("<p>Health park</p>", "plain ASCII")


def test_latin_text_is_not_read_as_chinese() -> None:
    text = "Le café de la zone industrielle ouvre à huit heures, près du musée; entrée libre."
    decoded = decode(text.encode("iso-8859-1"), header("iso-8859-1"))
    assert decoded.text == text


@pytest.mark.parametrize("declared", DECLARATIONS)
def test_nothing(declared: str) -> None:
    decoded = decode(b"", header(declared))
    assert decoded.text == ""
    assert decoded.reason


def test_the_reason_names_what_was_declared() -> None:
    body = html(NEWS, "gb2312").encode()
    assert decode(body, header("big5")).reason.endswith("declared big5hkscs, gb18030")
    assert decode(NEWS.encode()).reason.endswith("nothing declared")


@given(
    st.binary(max_size=400),
    st.one_of(st.text(max_size=40), st.sampled_from([header(name) for name in (*DECLARATIONS, "utf-16", "base64")])),
)
def test_random_bytes_never_fail(body: bytes, content_type: str) -> None:
    decoded = decode(body, content_type)
    assert decoded.reason
    assert codecs.lookup(decoded.charset)
    decoded.text.encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\ufffe"), max_size=80))
@example("\ufffd")
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=gb2312").text == text
