"""Small collections for the tests of `zsparkcrawl bulk`, made up, and the command on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from zsparkcrawl.cli import main

BROKEN = "打造一支敢于擔當(dāng)?shù)母刹筷?duì)伍，推動(dòng)園區(qū)產(chǎn)業(yè)發(fā)展。"
MENDED = "打造一支敢于担当的干部队伍，推动园区产业发展。"
HEALTHY = "江畔科技园昨日举办开放日活动，二百多位居民前来参观。"
SPAM = "国产av无码专区,亚洲精品一区二区,久久综合"
TEXTS = (BROKEN, HEALTHY, f"{HEALTHY}\n{SPAM}", "國際合作", "", "plain words", "园区\u200b新闻", "园区锟斤拷新闻")

PAGE = """<html><head><title>{title}</title></head><body><h1>{title}</h1>
<p>作者：  來源：江畔日報(bào) 發(fā)布時(shí)間：2019-02-19</p><p>218日，園區(qū)召開會(huì)議，討論產(chǎn)業(yè)發(fā)展。</p></body></html>"""


def bulk(*words: object) -> Result:
    """The command in this process, and its work as well unless told otherwise."""
    given = [str(word) for word in words]
    jobs = [] if "--jobs" in given or "--dask" in given else ["--jobs", "1"]
    return CliRunner().invoke(main, ["bulk", *given, *jobs])


def summary(*words: object, code: int = 0) -> dict[str, Any]:
    """What the command tells as JSON, when it ends with this code."""
    result = bulk(*words, "--json")
    assert result.exit_code == code, (result.stderr, result.exception)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def complaint(result: Result) -> str:
    """The one line in which the command says why it failed."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code not in {0, None}
    assert "Traceback" not in result.stderr
    return str(result.stderr.strip().splitlines()[-1])


def write_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> Path:
    """A file of JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in records))
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def files_of(folder: Path) -> dict[str, bytes]:
    """All files that the command made, by name, but its own notes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".bulk" not in path.parts
    }


def write_warc(path: Path, pages: Iterable[tuple[str, str, bytes]], *, packed: bool) -> Path:
    """A WARC file: of each page the address, the type of its content and its bytes. Moments and numbers are fixed."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a test"}))
        for number, (url, kind, body) in enumerate(pages):
            head = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            about = {
                "WARC-Date": "2019-02-22T08:00:00Z",
                "WARC-Record-ID": f"<urn:uuid:00000000-0000-0000-0000-{number:012}>",
            }
            record = writer.create_warc_record(
                url, "response", payload=BytesIO(body), length=len(body), http_headers=head, warc_headers_dict=about
            )
            writer.write_record(record)
    return path
