"""The demo: the whole way on the sample site, and one clear line where it cannot work."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from zsparkcrawl.cli import demo

ROOT = Path(__file__).parent.parent
RUN = [sys.executable, "-c", "from zsparkcrawl.cli import main; main()", "demo"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The project as far as the demo needs it, in a folder that may be written to."""
    for name in ("bench", "zsparkcrawl", "data/sample/truth", "data/sample/pages.toml"):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(ROOT / name)
    return tmp_path


def test_demo_brings_the_articles_home(checkout: Path) -> None:
    kept = checkout / "data" / "zspark.sqlite"
    kept.write_bytes(b"mine")
    left_over = checkout / "data" / "demo" / "old.csv"
    left_over.parent.mkdir()
    left_over.touch()
    done = subprocess.run(RUN, cwd=checkout, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "54 of 54 articles came home" in done.stdout
    assert "data/demo/articles.csv (54 articles)" in done.stdout
    assert "news: good" in done.stderr
    assert "Traceback" not in done.stderr
    assert kept.read_bytes() == b"mine"
    assert not left_over.exists()
    with sqlite3.connect(checkout / "data" / "demo" / "zspark.sqlite") as database:
        found = database.execute("SELECT section, count(*) FROM articles GROUP BY section ORDER BY section").fetchall()
    database.close()
    assert found == [("news", 38), ("notices", 16)]


def test_demo_without_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "__file__", str(tmp_path / "zsparkcrawl" / "cli" / "demo.py"))
    with pytest.raises(demo.DemoError, match="needs a checkout"):
        demo._root()
    assert not list(tmp_path.iterdir())


def test_demo_shows_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    exact = dict.fromkeys(demo._COMPARED, 1)
    result = {
        "expected": 2,
        "came_home": 1,
        "exact": exact,
        "paragraphs": (3, 4),
        "folded": 0,
        "differing": [{"path": "/news/1.html", "differences": {"body": "at 3: 'a' came home as 'b'"}}],
        "missing": ["/news/2.html"],
    }
    demo._show_exactness(json.loads(json.dumps(result)))
    said = capsys.readouterr().out
    assert "50.0%" in said
    assert "/news/1.html: body at 3: 'a' came home as 'b'" in said
    assert "/news/2.html: missing" in said
