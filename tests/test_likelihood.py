"""The likelihood model: good Chinese beats broken Chinese, classes count alike, building is reproducible."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tools.likelihood.__main__ import build
from zsparkcrawl.chinese.classes import fold
from zsparkcrawl.chinese.likelihood import Likelihood, model

SENTENCES = [
    "国家健康科技产业基地位于中山火炬高技术产业开发区",
    "会议强调要坚持稳中求进工作总基调推动高质量发展",
    "记者从市政府获悉今年上半年全市实现地区生产总值同比增长",
    "企业负责人表示将加大研发投入力度加快科技成果转化",
    "关于申报高新技术企业认定有关事项的通知",
    "园区生物医药企业获得药品生产许可证",
    "请各有关单位按照要求认真组织申报工作",
    "专家组考察期间听取了基地建设情况的汇报",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_good_chinese_beats_its_characters_in_disorder(sentence: str) -> None:
    rng = random.Random(1)
    for _ in range(20):
        disorder = "".join(rng.sample(sentence, len(sentence)))
        assert model().text_cost(sentence) < model().text_cost(disorder)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_good_chinese_beats_its_bytes_read_one_off(sentence: str) -> None:
    for length in (4, 6, len(sentence) - 1):
        for start in range(0, len(sentence) - length):
            part = sentence[start : start + length + 1].encode("gbk")[1:-1]
            shifted = "".join(part[i : i + 2].decode("gbk", "replace") for i in range(0, len(part), 2))
            assert model().text_cost(sentence[start : start + length]) < model().text_cost(shifted)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("确{}活动顺利进行", "保"),
        ("组织{}家组评审", "专"),
        ("造{}社会", "福"),
        ("指示精神{}考察期间", "。"),
        ("{}险化学品储存", "危"),
        ("医院的{}科医护人员", "专"),
        ("发展{}洋生物产业", "海"),
        ("项目已{}工建设", "停"),
    ],
)
def test_a_lost_byte_is_found_again(text: str, lost: str) -> None:
    """Of all characters with the trail byte A3, the one that stood there reads best between its neighbours."""
    pairs = [bytes([lead, 0xA3]).decode("gbk", "ignore") for lead in range(0x81, 0xFF)]
    rivals = ["专" if c == "專" else c for c in pairs if c]
    assert min(rivals, key=lambda c: model().text_cost(text.format(c))) == lost


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2018年3月", "1907年9月"),
        ("ABC公司", "xyz公司"),
        ("第\u3000章", "第 章"),
        ("ＡＢ１２", "ZZ99"),
        ("（一），", "(一),"),
        ("カタ", "ひら"),
        ("\ue000", "\ufffd"),
    ],
)
def test_values_of_a_class_cost_the_same(one: str, other: str) -> None:
    assert model().text_cost(one) == model().text_cost(other)


def test_sums() -> None:
    text = SENTENCES[0]
    m = model()
    assert m.text_cost(text) == pytest.approx(sum(m.cost(c, text[max(0, i - 2) : i]) for i, c in enumerate(text)))
    assert m.text_cost(text[4:], text[:4]) == pytest.approx(m.text_cost(text) - m.text_cost(text[:4]))
    assert m.per_character(text) == pytest.approx(m.text_cost(text) / len(text))
    assert m.text_cost("") == m.per_character("") == 0.0


@pytest.mark.parametrize("context", ["", "的", "产业", "\n", "\ufffd", "龘龘"])
def test_probabilities_add_up(context: str) -> None:
    """Costs are rounded and what was never seen has a floor, so the sum over all characters is near one."""
    m = model()
    known = {fold(chr(code))[0] for code in range(0x20, 0xFFFF) if not 0xD800 <= code < 0xE000}
    assert 0.9 < sum(2 ** -m.cost(character, context) for character in known) < 1.25


@pytest.mark.parametrize(
    "character", ["㐂", "𠀀", "龘", "ㄅ", "한", "\U0010ffff", "\x00", "\ud800", "\n", "¿", "ǎ", "ж", "①", "→"]
)
def test_any_character_has_a_cost(character: str) -> None:
    assert 0 < model().cost(character, "的") < 64
    assert 0 < model().commonness(character) < 32


def test_building_is_reproducible(tmp_path: Path) -> None:
    (tmp_path / "sources.tsv").write_text(
        "# file\tweight\tlicence\torigin\na.words\t0.5\t-\t-\nb.ngrams\t0.5\t-\t-\nc.txt\t0.4\t-\t-\n",
        encoding="utf-8",
    )
    (tmp_path / "a.words").write_text("园区 30 n\n产业 50\n的 400\nABC 3\n", encoding="utf-8")
    (tmp_path / "b.ngrams").write_text(
        "产业\t900\n园区\t500\n的\t3000\n，\t2000\n产业 园区\t300\n园区 的\t90\n园区 的 产业\t20\n",
        encoding="utf-8",
    )
    (tmp_path / "c.txt").write_text("2018年，园区产业发展。\n" * 9, encoding="utf-8")
    packed = build(tmp_path, pairs=100, triples=100)
    assert packed == build(tmp_path, pairs=100, triples=100)
    small = Likelihood(packed)
    assert small.text_cost("产业园区") < small.text_cost("园产区业") < small.text_cost("猩交鹁娓")
    assert small.cost("年", "99") < small.cost("园", "99")


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="not a likelihood model"):
        Likelihood(b"PK\x03\x04")
