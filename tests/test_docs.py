"""The documentation: what is generated is in step, links lead somewhere, examples do what they say."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tools import docs
from zsparkcrawl.spiders.plan import ARGUMENTS

ROOT = docs.ROOT
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?([^)>\s]+)>?[^)]*\)")
_GENERATED = re.compile(r"<!-- begin: (?P<name>[\w-]+) -->.*?<!-- end: (?P=name) -->", re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def relative_links(page: Path) -> Iterator[str]:
    for target in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        if not re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            yield target


def test_the_generated_parts_are_in_step(capsys: pytest.CaptureFixture[str]) -> None:
    code = docs.run(["--check"])
    assert (code, capsys.readouterr().err) == (0, "")


def test_every_part_is_on_some_page() -> None:
    pages = "".join(page.read_text("utf-8") for page in PAGES)
    assert [name for name in docs.PARTS if name != "schema" and f"<!-- begin: {name} -->" not in pages] == []


def test_a_stale_page_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    page.write_text("# Columns\n\n<!-- begin: export-columns -->\n<!-- end: export-columns -->\n\nEnd.\n", "utf-8")
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    assert docs.run(["--check"]) == 1
    assert capsys.readouterr().err == "docs/page.md is out of step with the code: run python -m tools.docs\n"
    assert docs.run([]) == 0
    assert docs.run(["--check"]) == 0
    text = page.read_text("utf-8")
    assert text.startswith("# Columns\n\n<!-- begin: export-columns -->\n\n| column | meaning |")
    assert text.endswith("|\n\n<!-- end: export-columns -->\n\nEnd.\n")


def test_a_part_without_an_end_is_told() -> None:
    with pytest.raises(docs.PartError, match="part 'settings' has no end"):
        docs.renewed("<!-- begin: settings -->\n")


def test_the_examples_of_the_program_itself() -> None:
    assert doctest.testmod(docs).failed == 0


def test_help_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    narrow = docs.command_help()
    monkeypatch.setenv("COLUMNS", "200")
    assert docs.command_help() == narrow


def test_every_argument_of_the_spiders_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert [name for name in ARGUMENTS if f"`{name}`" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    targets = [unquote(link.partition("#")[0]) for link in relative_links(page)]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_examples_do_what_they_say(page: Path) -> None:
    """The examples of a page, one session a page; generated ones are tested where they come from."""
    text = _GENERATED.sub("", page.read_text("utf-8"))
    session = "\n".join(match["text"] for match in _FENCE.finditer(text) if match["kind"] == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, name_of(page), str(page), 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert outcome.failed == 0, "".join(said)


def test_the_readmes_have_examples_in_both_languages() -> None:
    english, chinese = (
        [match["text"] for match in _FENCE.finditer((ROOT / name).read_text("utf-8")) if match["kind"] == "pycon"]
        for name in ("README.md", "README.zh-CN.md")
    )
    assert english
    assert english == chinese
