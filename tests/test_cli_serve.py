"""`zsparkcrawl serve` as a command: where it listens, what it refuses in one line, what it writes for datasette."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.viewing import fill
from zsparkcrawl import extras
from zsparkcrawl.cli import main
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.serve.listening import ListenError, bind

ROOT = Path(__file__).parents[1]


def zspark(data: Path, *arguments: object, **environ: str) -> Result:
    known = {"ZSPARK_DATA": str(data), "ZSPARK_DATABASE": "", "ZSPARK_TOKEN": "", **environ}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=known)


@contextmanager
def served(data: Path, *options: str, **environ: str) -> Iterator[str]:
    """What the command prints when it is ready."""
    known = {**os.environ, "ZSPARK_DATA": str(data), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environ}
    known.pop("ZSPARK_DATABASE", None)
    command = [sys.executable, "-m", "zsparkcrawl", "serve", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, env=known, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0, "Ctrl-C is how it ends"


def one_line(result: Result, code: int) -> str:
    assert (result.exit_code, result.stdout) == (code, "")
    (line,) = result.stderr.splitlines()
    return line


def test_a_port_in_use_is_told_in_a_line(tmp_path: Path) -> None:
    fill(tmp_path, number=1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = one_line(zspark(tmp_path, "serve", "--port", port), 1)
    assert line == f"zsparkcrawl: cannot listen on 127.0.0.1 port {port}: Address already in use"


def test_a_host_that_is_not_here_is_told() -> None:
    with pytest.raises(ListenError, match=r"cannot listen on 192\.0\.2\.7 port 8008: "):
        bind("192.0.2.7", 8008)
    with pytest.raises(ListenError, match=r"cannot listen on no such host"):
        bind("no such host", 8008)


def test_without_an_archive_nothing_is_served(tmp_path: Path) -> None:
    assert "no database at" in one_line(zspark(tmp_path, "serve"), 1)
    with closing(sqlite3.connect(tmp_path / "zspark.sqlite")) as database:
        database.execute("CREATE TABLE theirs (a)")
    assert "belongs to another program" in one_line(zspark(tmp_path, "serve"), 1)
    (tmp_path / "zspark.sqlite").write_bytes(b"no database" * 100)
    assert "not a database" in one_line(zspark(tmp_path, "serve"), 1)
    (tmp_path / "zspark.sqlite").write_bytes(b"")
    assert "is empty" in one_line(zspark(tmp_path, "serve"), 1)


def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, number=0)

    def missing(module: str, name: str) -> None:
        raise ZsparkError(f'{module} is not installed: pip install "zsparkcrawl[{name}]"')

    monkeypatch.setattr(extras, "extra", missing)
    line = one_line(zspark(tmp_path, "serve"), 1)
    assert line == 'zsparkcrawl: starlette is not installed: pip install "zsparkcrawl[viewer]"'


def test_a_token_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, number=0)
    for token in ("short", "with a newline\n", "漢字漢字漢字漢字"):
        assert "at least 8 characters" in one_line(zspark(tmp_path, "serve", "--token", token), 2)
    assert "at least 8 characters" in one_line(zspark(tmp_path, "serve", ZSPARK_TOKEN="short"), 2)  # noqa: S106


def test_any_other_host_needs_a_token_that_is_made_anew(tmp_path: Path) -> None:
    fill(tmp_path, number=0)
    tokens = []
    for _ in range(2):
        with served(tmp_path, "--host", "0.0.0.0") as line:  # noqa: S104
            found = re.search(r"http://0\.0\.0\.0:(\d+)/\?token=(\S{32})", line)
            assert found, line
            address, token = f"http://127.0.0.1:{found[1]}/api/runs", found[2]
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(address)
            shown = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(shown) as answer:  # noqa: S310
                assert answer.status == 200
            tokens.append(token)
    assert tokens[0] != tokens[1]


def test_this_machine_alone_needs_none_but_one_that_is_given_counts(tmp_path: Path) -> None:
    fill(tmp_path, number=0)
    with served(tmp_path) as line, urllib.request.urlopen(line.split()[-4]) as answer:  # noqa: S310
        assert answer.status == 200
        assert "token" not in line
    with served(tmp_path, ZSPARK_TOKEN="of the environment") as line:  # noqa: S106
        assert "/?token=of+the+environment" in line


def test_the_metadata_tell_of_every_table_and_column(tmp_path: Path) -> None:
    fill(tmp_path, number=2)
    target = tmp_path / "metadata.json"
    assert zspark(tmp_path, "serve", "--datasette-metadata", target).exit_code == 0
    metadata = json.loads(target.read_text("utf-8"))
    assert json.loads(zspark(tmp_path, "serve", "--datasette-metadata").stdout) == metadata
    (name,) = metadata["databases"]
    tables = metadata["databases"][name]["tables"]
    with closing(sqlite3.connect(tmp_path / "zspark.sqlite")) as database:
        there = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in there:
            if not table.startswith("article_search"):  # the index, whose tables datasette hides by itself
                columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
                told = set(tables[table].get("columns", ()))
                assert told == columns or (table, told) == ("zspark_schema", set()), table
    folder = tmp_path / "no" / "metadata.json"
    assert "metadata.json" in one_line(zspark(tmp_path, "serve", "--datasette-metadata", folder), 1)


def test_datasette_shows_the_database_with_its_meaning(tmp_path: Path) -> None:
    app = pytest.importorskip("datasette.app", reason="datasette is not installed here")
    fill(tmp_path, number=5)
    written = zspark(tmp_path, "serve", "--datasette-metadata").stdout

    async def ask() -> None:
        shown = app.Datasette([str(tmp_path / "zspark.sqlite")], metadata=json.loads(written))
        await shown.invoke_startup()
        home = (await shown.client.get("/zspark")).text
        assert "What the articles needed by way of repair" in home
        page = await shown.client.get("/zspark/articles")
        assert page.status_code == 200
        assert "never taken for the author" in page.text
        assert "Articles 文章" in page.text
        facets = (await shown.client.get("/zspark/articles.json?_shape=objects")).json()
        assert {"section", "source"} <= set(facets["facet_results"])
        assert facets["rows"][0]["date"] == max(row["date"] for row in facets["rows"] if row["date"])
        hidden = {
            table["name"] for table in (await shown.client.get("/zspark.json")).json()["tables"] if table["hidden"]
        }
        assert {"zspark_schema", "search_entries", "search_state"} <= hidden
        assert any(name.endswith("_data") for name in hidden), "the shadow tables of the index"
        assert "articles" not in hidden
        for query in ("needed_repair.json", "by_month.json", "edits_of.json?article_id=1"):
            answer = await shown.client.get(f"/zspark/{query}")
            assert answer.status_code == 200, answer.text
            assert answer.json()["rows"]
        for database in shown.databases.values():
            database.close()

    asyncio.run(ask())
