"""Names of people and of papers as bylines write them: which text is a name, and which names nobody."""

from __future__ import annotations

import re

from zsparkcrawl.chinese.script import fold

__all__ = [
    "NAMES",
    "is_names",
    "is_office",
    "is_paper",
    "is_person",
    "is_writer",
    "joined",
    "somebody",
    "split_names",
]

_NAME = r"(?:[\u4e00-\u9fff]{1,10}(?:[·•‧・][\u4e00-\u9fff]{1,10})+|[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff] [\u4e00-\u9fff]|[A-Za-z][A-Za-z.'-]+(?: [A-Za-z][A-Za-z.'-]+){0,3})"  # noqa: E501
NAMES = rf"{_NAME}(?:(?:\s*[、,，/／|｜&]\s*|\s+){_NAME})*(?:\s*等)?"
"""One name or several, with a mark or a blank between them."""
_NAMES = re.compile(NAMES)
_HAN = re.compile("[\u4e00-\u9fff]+")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚庞樊殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂柯欧骆祝苗阮戚邢闫褚岑翁冉佟裴覃靳牟卞滕祁詹瞿"
)
"""The commonest surnames of China."""
_DOUBLE = frozenset(["欧阳", "上官", "司马", "诸葛", "司徒", "东方", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐"])
_WORDS = frozenset(
    (
        "方案 方式 方法 方向 方面 高清 高新 高级 马上 金融 金额 安全 安排 任务 任命 常务 常见 石油 田间 江河 "
        "黄金 万元 万人 万吨 余下 余额 于是 何时 何地 程序 施工 施行 温馨 严格 康复 易懂 段落 章节 章程 申报 "
        "申请 毕业 钱款 钟点 史料 史上 高速 武汉 江苏 江西 石家庄 安徽 安徽省 江苏省 江西省 贺电 贺信 贺词 "
        "马鞍山 秦皇岛 张家口 张家界 石嘴山 常德市 马拉松 温哥华 马德里 黎巴嫩 夏令营 高科技 高质量 高水平 金融业 "
        "金融界 许可 许可证 金奖 金牌 何谓 龙头 龙年 牛年 马年 安置 金秋 周一 周二 周三 周四 周五"
    ).split()
)
"""Words that look like a name."""
_NO_NAMES_END = frozenset("市县区省州乡镇村街路网报刊社局办部处科站院馆所校室厅版縣區鄉鎮網報處")
_BETWEEN = re.compile(r"\s*[/／|｜丨]\s*")
_NOBODY = re.compile(
    "(?:本站|本网|网站|.{1,6}小编|网络|互联网|转载|原创|小编|编辑|编辑部|管理|管理员|系统管理员|超级管理员|站长|网友|匿名|佚名|无名|未知|不详|admin|"
    "administrator|webmaster|root|test|editor|system|manager|user|guest|superadmin|sysadmin|jcms|null|none|作者|无|暂无|"
    "本站(?:原创|编辑|整理|讯)|(?:来源于?|来自|转自|摘自|整理自)?(?:本站|网络|互联网|网上)(?:整理|转载|收集)?|网络(?:管理员|编辑)|信息员|"
    "admin\\d*|[a-z]{2,6}\\d{1,6}|\\d+|[-—_.*?]+)"
)
_PAPER = re.compile(
    "[\u4e00-\u9fffA-Za-z0-9·《》“”（）()—－-]{1,24}"
    "(?:报|日报|晚报|早报|晨报|时报|商报|周报|都市报|网|在线|社|台|电视|广播|新闻|周刊|杂志|客户端|频道|传媒|融媒|融媒体|中心|发布|政府|委|局|办|厅|部|"
    "处|公司|集团|协会|学会|大学|学院|学校|中学|小学|医院|研究院|研究所|园区|基地|开发区|管委会|党政办|公众号|观察|财经|资讯|法院|检察院|工会|妇联|团委|"
    "联盟|商会|银行|馆|广电|新媒体|海关|支队|总队|大队|科协|文联|作协|残联|党委|社区|街道)》?(?:电子版|网站|门户网站|官网|客户端|微信公众号|公众号)?"
)


def is_names(text: str) -> bool:
    """Whether a text is names of people and nothing else.

    >>> is_names("陈小明、林青"), is_names("阿依·古丽 王五"), is_names("从园区管委会获悉的消息")
    (True, True, False)
    """
    return bool(_NAMES.fullmatch(text))


def is_person(text: str) -> bool:
    """Whether a text without any label is a person's name by its looks: two or three characters, the first a common
    surname, and no word.

    >>> is_person("张三"), is_person("完"), is_person("方案"), is_person("欧阳晓岚")
    (True, False, False, True)
    """
    plain = fold(text)
    given = plain[2:] if plain[:2] in _DOUBLE else plain[1:] if plain[:1] in _SURNAMES else ""
    return 1 <= len(given) <= 2 and bool(_HAN.fullmatch(plain)) and plain not in _WORDS


def is_writer(text: str) -> bool:
    """Whether a text that stands alone between title and date is a writer's name: a person's of three characters or
    more, or of two that are set apart, and no place or office by its end.

    >>> is_writer("苏　木"), is_writer("苏小木"), is_writer("高考"), is_writer("江州市")
    (True, True, False, False)
    """
    plain = "".join(text.split())
    return is_person(plain) and (len(plain) > 2 or len(text.strip()) > 2) and plain[-1] not in _NO_NAMES_END


def is_paper(text: str) -> bool:
    """Whether a text that stands beside a date is called as papers, sites and offices are.

    >>> is_paper("中山日报"), is_paper("首页"), is_paper("党政办")
    (True, False, True)
    """
    return bool(_PAPER.fullmatch(text.strip()))


def is_office(text: str) -> bool:
    """Whether a text that looks like a name is by its end an office, a paper, a site or a place.

    >>> is_office("云图网"), is_office("江畔社"), is_office("张三")
    (True, True, False)
    """
    return text[-1:] in _NO_NAMES_END


def somebody(text: str) -> str | None:
    """The value of an author's label when it names somebody: 本站, admin, 佚名 and 来源于网络 are nobody.

    >>> somebody("陈小明 / 林青"), somebody("來(lái)源于网络"), somebody("本站")
    ('陈小明 林青', None, None)
    """
    pieces = [piece.strip() for piece in _BETWEEN.split(text)]
    named = [piece for piece in pieces if piece and not _NOBODY.fullmatch(fold(piece))]
    # Behind a bar stands a second name or something else altogether.
    kept = named[:1] + [piece for piece in named[1:] if is_names(piece)]
    return " ".join(kept) or None


def joined(values: list[str]) -> str | None:
    """Names from several places as one field: each once, a blank between them."""
    return " ".join(dict.fromkeys(value for value in values if value)) or None


def split_names(text: str) -> list[str]:
    """The names in a text.

    >>> split_names("张三、李四 王五")
    ['张三', '李四', '王五']
    """
    return [name for name in re.split(r"[、,，/／|｜&\s]+", text) if name]
