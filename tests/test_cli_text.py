"""`zsparkcrawl repair | despam | clean | read` as they are typed: input, output, complaints, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from zsparkcrawl import repair
from zsparkcrawl.cli import main
from zsparkcrawl.edits import Edit, revert

BROKEN = "產(chǎn)業(yè)園區(qū)發(fā)展"
MENDED = "产业园区发展"
SPAM = "国产av无码专区,亚洲精品一区二区,久久综合"
HTML = "<h1>園區(qū)新聞</h1><p>作者:    來源:    發(fā)布時(shí)間:2019-02-19</p><p>健康基地召開會(huì)議，討論產(chǎn)業(yè)發(fā)展。</p>"
URL = "http://www.nhtp.org/news/1207.html"


def run(*words: str, stdin: bytes | str = b"") -> Result:
    """The command in this process; what goes to standard error is kept apart."""
    return CliRunner().invoke(main, words, input=stdin)


def complaint(result: Result) -> str:
    """The one line in which a command says why it failed."""
    assert result.exit_code not in {0, None}
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.strip().splitlines()
    return line


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("repair", f"{BROKEN}\n{SPAM}\n", f"{MENDED}\n{SPAM}\n"),
        ("despam", f"{BROKEN}\n{SPAM}\n", f"{BROKEN}\n"),
        ("clean", f"{BROKEN}\n{SPAM}\n", f"{MENDED}\n"),
        ("clean", "健康的文字 stays (as) it is.\n", "健康的文字 stays (as) it is.\n"),
        ("clean", "", ""),
        ("repair", "\n\n", "\n\n"),
        ("repair", "没有行尾", "没有行尾"),
    ],
)
@pytest.mark.parametrize("way", ["file", "stdin", "dash"])
def test_text_in_text_out(way: str, command: str, text: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(text.encode())
    words = {"file": [str(file)], "stdin": [], "dash": ["-"]}[way]
    result = run(command, *words, stdin=text.encode())
    assert (result.exit_code, result.stdout_bytes, result.stderr) == (0, expected.encode(), "")


@pytest.mark.parametrize("command", ["repair", "despam", "clean"])
def test_json(command: str) -> None:
    text = f"{BROKEN}的1?shù)量\n{SPAM}"
    result = run(command, "--json", stdin=text.encode())
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    assert record.keys() == {"text", "edits", "damaged", "diagnosis"}
    assert revert(record["text"], [Edit(**each) for each in record["edits"]]) == text
    assert record["diagnosis"]["script"] == "turned"
    assert record["diagnosis"]["annotated"]["區"] == ["qū"]
    assert record["diagnosis"]["shifted"] is True
    assert bool(record["damaged"]) == (command != "despam")
    for spot in record["damaged"]:
        assert record["text"][spot["start"] : spot["end"]] == spot["text"]
        assert spot["reason"]


def test_jsonl_keeps_what_else_a_line_says() -> None:
    lines = [
        {"id": 7, "text": BROKEN, "nested": {"a": [1, None, "é"]}, "source": "中山日報"},
        {"text": "健康", "edits": "old"},
        {"text": ""},
    ]
    given = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\r\n"
    result = run("repair", "--jsonl", stdin=given.encode())
    first, second, third = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert first | {"edits": None} == lines[0] | {"text": MENDED, "edits": None}
    assert revert(first["text"], [Edit(**each) for each in first["edits"]]) == BROKEN
    assert (second, third) == ({"text": "健康", "edits": []}, {"text": "", "edits": []})


@pytest.mark.parametrize("command", ["repair", "clean"])
def test_jsonl_has_the_shape_of_bulk(command: str, tmp_path: Path) -> None:
    lines = [{"id": 1, "text": f"{BROKEN}的1?shù)量\n{SPAM}"}, {"text": "健康"}, {"text": "园区锟斤拷新闻"}]
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    result = run(command, "--jsonl", str(file))
    assert [bool(json.loads(line).get("damaged")) for line in result.stdout.splitlines()] == [True, False, True]
    assert run("bulk", command, str(file), "-o", str(tmp_path / "out"), "--jobs", "1").exit_code == 0
    assert (tmp_path / "out" / "a.jsonl").read_bytes() == result.stdout_bytes


@pytest.mark.parametrize("flags", [(), ("--json",), ("--jsonl",)])
def test_misread_text_is_diagnosed_by_what_stood_there(flags: tuple[str, ...]) -> None:
    text = "關(guān)于組織申報(bào)項(xiàng)目的通知，園區(qū)企業(yè)可以報名".encode().decode("cp1252", "replace")
    given = json.dumps({"text": text}) if "--jsonl" in flags else text
    result = run("repair", *flags, stdin=given.encode())
    assert repair(text).text in (json.loads(result.stdout)["text"] if flags else result.stdout)
    assert "关于组织申报" in result.stdout


def test_jsonl_looks_at_each_line_by_itself() -> None:
    given = "\n".join(json.dumps({"text": text}) for text in (BROKEN, "國際合作"))
    texts = [json.loads(line)["text"] for line in run("clean", "--jsonl", stdin=given).stdout.splitlines()]
    assert texts == [MENDED, "國際合作"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{not json}", "line 3 is no JSON"),
        ('"a string"', 'line 3 is no JSON object with a "text"'),
        ("[1]", 'line 3 is no JSON object with a "text"'),
        ('{"body": "x"}', 'line 3 is no JSON object with a "text"'),
        ('{"text": 7}', 'line 3 is no JSON object with a "text"'),
        ('{"text": null}', 'line 3 is no JSON object with a "text"'),
        (b'{"text": "\xb2\xfa"}', "line 3 is no JSON"),
        ("[" * 100_000, "line 3 is no JSON"),
        ('{"text": "x", "n": ' + "9" * 5000 + "}", "line 3 is no JSON"),
    ],
    ids=range(9),
)
def test_a_bad_line_ends_it_and_what_was_done_is_printed(bad: str | bytes, said: str) -> None:
    good = json.dumps({"text": BROKEN}).encode()
    middle = bad if isinstance(bad, bytes) else bad.encode()
    result = run("repair", "--jsonl", stdin=b"\n".join([good, b"", middle, good]))
    line = complaint(result)
    assert line.startswith(f"zsparkcrawl: {said}")
    assert len(line) < 300
    assert result.exit_code == 1
    assert [json.loads(each)["text"] for each in result.stdout.splitlines()] == [MENDED]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        *[
            (command, text)
            for command in ("repair", "despam", "clean")
            for text in (r"\ud83d", r"\ud83d\ude00", r"\u0000")
        ],
        *[(command, r"\udc00 發(fā)展") for command in ("repair", "despam", "clean")],
    ],
)
def test_what_json_can_hold_and_utf_8_cannot(command: str, text: str) -> None:
    given = f'{{"text": "{text}", "more": "{text}"}}\n'
    result = run(command, "--jsonl", stdin=given)
    assert (result.exit_code, result.stderr) == (0, "")
    result.stdout_bytes.decode("utf-8", "strict")
    record = json.loads(result.stdout_bytes)
    assert record["more"] == json.loads(given)["more"]
    assert revert(record["text"], [Edit(**each) for each in record["edits"]]) == json.loads(given)["text"]


def test_bytes_that_are_no_utf_8_are_told() -> None:
    result = run("repair", stdin="园区新闻与通知".encode() * 40 + b"\xff ")
    assert result.exit_code == 0
    assert result.stdout_bytes == ("园区新闻与通知" * 40 + "\ufffd ").encode()
    assert result.stderr.startswith("zsparkcrawl: read as utf-8; 1 ")
    assert result.stderr.count("\n") == 1


def test_a_file_in_gbk_is_read_and_told() -> None:
    result = run("repair", stdin=BROKEN.encode("gbk"))
    assert (result.exit_code, result.stdout_bytes.decode()) == (0, MENDED)
    assert result.stderr == "zsparkcrawl: read as gb18030\n"


@pytest.mark.parametrize("command", ["repair", "despam", "clean"])
@pytest.mark.parametrize("flags", [(), ("--json",)])
@pytest.mark.parametrize(
    "content", [b"\x00", b"a\x00b\x00\xff", bytes(range(256)), b"\xef\xbb\xbf", b"\xff\xfe\x00\xd8"]
)
def test_any_bytes(content: bytes, flags: tuple[str, ...], command: str) -> None:
    result = run(command, *flags, stdin=content)
    assert result.exit_code == 0, result.stderr
    result.stdout_bytes.decode("utf-8", "strict")


def test_nothing_in_json() -> None:
    record = json.loads(run("clean", "--json").stdout)
    assert (record["text"], record["edits"], record["damaged"]) == ("", [], [])
    assert run("clean", "--jsonl").stdout_bytes == b""


@pytest.mark.parametrize("command", ["repair", "despam", "clean"])
def test_a_line_of_a_megabyte(command: str) -> None:
    rest = "园区新闻与通知，" * 42_000
    result = run(command, stdin=(BROKEN + rest).encode())
    assert result.exit_code == 0
    assert result.stdout == (BROKEN if command == "despam" else MENDED) + rest


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("repair", "no-such-file.txt"), "no-such-file.txt", 2),
        (("read", "no-such-file.html", "--url", URL), "no-such-file.html", 2),
        (("repair", "."), "directory", 2),
        (("repair", "--json", "--jsonl"), "--json and --jsonl exclude each other", 2),
        (("repair", "--no-such-option"), "--no-such-option", 2),
        (("read", "-"), "--url", 2),
        (("no-such-command",), "no-such-command", 2),
    ],
)
def test_what_cannot_be_done_is_refused(words: tuple[str, ...], said: str, code: int) -> None:
    result = run(*words)
    assert result.exit_code == code
    assert said in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def read(*words: str, stdin: bytes = HTML.encode()) -> dict[str, Any]:
    result = run("read", "-", "--url", URL, *words, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def test_read() -> None:
    record = read()
    assert (record["site"], record["section"], record["native_id"], record["url"]) == ("nhtp", "news", "1207", URL)
    assert (record["title"], record["date"], record["author"], record["source"]) == (
        "园区新闻",
        "2019-02-19",
        None,
        None,
    )
    assert record["body"] == "健康基地召开会议，讨论产业发展。"
    assert (
        revert(record["body"], [Edit(**each) for each in record["edits"]["body"]])
        == "健康基地召開會(huì)議，討論產(chǎn)業(yè)發(fā)展。"
    )
    assert record["diagnosis"]["script"] == "turned"


def test_read_a_file(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(HTML.encode("gbk"))
    result = run("read", str(file), "--url", URL, "--content-type", "text/html; charset=utf-8")
    record = json.loads(result.stdout)
    assert (record["title"], record["charset"]) == ("园区新闻", "gb18030")


def test_read_with_and_without_a_profile() -> None:
    other = "http://copy.example/zcgg/9.html"
    plain = json.loads(run("read", "-", "--url", other, stdin=HTML.encode()).stdout)
    named = json.loads(run("read", "-", "--url", other, "--site", "nhtp", stdin=HTML.encode()).stdout)
    assert (plain["site"], plain["section"], plain["native_id"]) == ("", None, None)
    assert (named["site"], named["section"], named["native_id"]) == ("nhtp", "notices", "9")


def test_an_unknown_site() -> None:
    result = run("read", "-", "--url", URL, "--site", "no-such-site", stdin=HTML.encode())
    assert complaint(result).startswith("zsparkcrawl: unknown site 'no-such-site': known are ")
    assert result.exit_code == 2


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"<html><body></body></html>", b"plain text"])
def test_a_page_that_is_none(content: bytes) -> None:
    result = run("read", "-", "--url", URL, stdin=content)
    assert complaint(result).startswith("zsparkcrawl: the page ")
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize(
    "url", ["", "nonsense", "http://[broken/news/1.html", "ftp://x/y", "http://www.nhtp.org:port/"]
)
def test_an_odd_address_is_no_traceback(url: str) -> None:
    result = run("read", "-", "--url", url, stdin=HTML.encode())
    assert "Traceback" not in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)
    if result.exit_code:
        complaint(result)


def command(*words: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, in an environment that knows no UTF-8."""
    code = "import sys; from zsparkcrawl.cli import main; main(prog_name='zsparkcrawl')"
    environ = {"PATH": "", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"}
    return subprocess.run(
        [sys.executable, "-c", code, *words], input=stdin, capture_output=True, env=environ, timeout=60, check=False
    )


def test_the_bytes_do_not_depend_on_the_locale() -> None:
    done = command("repair", stdin=f"{BROKEN}\r\n".encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{MENDED}\r\n".encode(), b"")


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    code = "import sys; from zsparkcrawl.cli import main; main(prog_name='zsparkcrawl')"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "repair", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process, process.stdin:
        process.stdin.write(json.dumps({"text": BROKEN}).encode() + b"\n")
        process.stdin.close()
        said = process.stderr.read()
    assert b"Traceback" not in said


def test_days_are_counted_from_the_moment_that_is_given() -> None:
    html = "<h1>园区新闻</h1><p>3天前 来源：江畔网</p><p>健康基地召开会议，讨论产业发展。</p>"
    words = ("read", "-", "--url", "http://news.example/7.html")
    assert json.loads(run(*words, stdin=html).stdout)["date_missing"] == "illegible"
    told = json.loads(run(*words, "--fetched", "2019-02-22T08:00+08:00", stdin=html).stdout)
    assert (told["date"], told["date_basis"]) == ("2019-02-19", "relative")
    for bad in ("2019-02-22", "yesterday"):
        assert "--fetched must be a moment" in complaint(run(*words, "--fetched", bad, stdin=html))
