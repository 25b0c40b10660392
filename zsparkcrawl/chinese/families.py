"""What was seen of the rewriting tools: which characters they annotate, in which order. Evidence, not a list: other
tools exist."""

from __future__ import annotations

__all__ = ["ANNOTATED_BY_TOOLS", "FAMILY_1", "FAMILY_2"]

FAMILY_1 = (
    "創藍優統規環絡鎮監區聯達穩遠戰結協態衛鄉續轉習發產經業現網數調質風學預據內權細礎醫術節構關應領營運導標設獻務進級護團復準實識濟當機認點"
    "驅個萬強會計時驗對費項沒動嚴書紀問報號臺隊無詩堅語過場請簡評國說爭測勢長來頁陽競觀開稱見線話寫戶專車訪類著"
)
"""A page of this family annotates, within 1-2 %, a prefix of this order (some 300 pages, read off by hand)."""

FAMILY_2 = "來個動務問學專態時書會業沒無環產畫發稱經網線聯萬著術觀訪詩話語說進過長開關類風點"
"""A page of this family annotates these, and may write a blank inside the brackets."""

ANNOTATED_BY_TOOLS = frozenset(FAMILY_1 + FAMILY_2)
