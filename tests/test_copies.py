"""Copies of one article as witnesses in the archive: what they tell together, whoever came first, and what stays apart."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bench.damage import Host, damage, random_host
from bench.sample_truth import Truth, truths
from zsparkcrawl.archive import Archive, Filters
from zsparkcrawl.archive.witnesses.likening import likeness
from zsparkcrawl.clean import clean
from zsparkcrawl.cli import main
from zsparkcrawl.edits import Edit, revert
from zsparkcrawl.items import Article, Attachment

NOW = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)
OWN = "www.nhtp.org"
BY_NUMBER = {truth.id: truth for truth in truths()}
DINNER = BY_NUMBER[366]
HOSTS = [random_host(random.Random(seed)) for seed in (27, 28, 29)]
"""What the first two leave of the article above is read wrongly in each copy, and by both together exactly."""


def copy_of(truth: Truth, name: str, host: Host | None = None, body: str | None = None, **more: Any) -> Article:
    """An article as it stands on a host, which damages it or does not."""

    def shown(text: str) -> str:
        return "\n".join(damage(line, host) for line in text.split("\n")) if host else text

    given: dict[str, Any] = {
        "section": "news",
        "native_id": str(truth.id),
        "url": f"http://{name}/news/{truth.id}.html",
    }
    given |= {"title": shown(truth.title), "date": truth.date, "body": shown(body or truth.body), **more}
    return clean(Article("nhtp", **given))


MIRRORS = [copy_of(DINNER, f"www.mirror{number}.example", host) for number, host in enumerate(HOSTS)]
TOLD = ("title", "date", "time", "author", "source", "editor", "body", "inferred_count", "damage_count",
        "witness_count", "disputed", "gaps")  # fmt: skip


@pytest.fixture
def archive(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("ZSPARK_DATA", str(tmp_path))
    monkeypatch.setenv("ZSPARK_DATABASE", database)
    with Archive.open(database) as opened:
        yield opened


def store(archive: Archive, *copies: Article, day: int = 0) -> list[str]:
    """Keep copies as they come, one a day."""
    return [
        archive.store(each, run_id=None, capture_id=None, now=NOW + dt.timedelta(days=day + number))
        for number, each in enumerate(copies)
    ]


def row_of(archive: Archive, key: str = "1") -> Mapping[str, Any]:
    row = archive.article(key)
    assert row is not None
    return row


def standings(archive: Archive, number: int = 1) -> dict[str, tuple[str, str | None]]:
    return {each["host"]: (each["standing"], each["kind"]) for each in archive.witnesses_of(number)}


def everything(archive: Archive) -> list[Any]:
    row = row_of(archive)
    stable = ("id", "host", "own", "standing", "kind", "version", "content", "edits", "damaged")
    return [
        {name: value for name, value in row.items() if name != "last_seen"},
        archive.versions_of(1),
        [archive.edits_of(1, number + 1) for number in range(row["version"])],
        [archive.readings_of(1, number + 1) for number in range(row["version"])],
        [{name: each[name] for name in stable} for each in archive.witnesses_of(1)],
    ]


def zspark(*words: str) -> Result:
    done = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done


# -- what several copies tell together --


def test_what_each_of_two_copies_reads_wrongly_both_tell_for_certain(archive: Archive) -> None:
    assert all(each.body != DINNER.body for each in MIRRORS[:2])
    assert store(archive, *MIRRORS[:2]) == ["new", "version"]
    row = row_of(archive)
    assert (row["title"], row["body"], row["date"]) == (DINNER.title, DINNER.body, DINNER.date.isoformat())
    assert (row["inferred_count"], row["damage_count"]) == (0, 0)
    assert (row["witness_count"], row["disputed"], row["gaps"]) == (2, 0, 0)
    latest = archive.versions_of(1)[-1]
    assert (latest["made_by"], latest["changed"]) == ("witnesses", {"body": "collated"})
    assert not list(archive.database_faults())


def test_the_edits_of_what_several_tell_lead_back_to_one_page(archive: Archive) -> None:
    store(archive, *MIRRORS[:2])
    row = row_of(archive)
    made = [one for one in archive.edits_of(1, row["version"]) if one["field"] == "body"]
    assert "witnesses" in {one["rule"] for one in made}
    edits = [Edit(one["rule"], one["start"], one["before"], one["after"], one["certainty"]) for one in made]
    pages = {"\n".join(damage(line, host) for line in DINNER.body.split("\n")) for host in HOSTS[:2]}
    assert revert(row["body"], edits) in pages


def test_the_apparatus_says_who_reads_what(archive: Archive) -> None:
    store(archive, *MIRRORS[:2])
    row, numbers = row_of(archive), {each["id"] for each in archive.witnesses_of(1)}
    readings = archive.readings_of(1, row["version"])
    assert readings
    for each in readings:
        assert set(each["witnesses"]) | set(each["explained"]) <= numbers
        if each["rank"] == 0:
            assert row[each["field"]][each["start"] : each["end"]] == each["reading"]
    chosen = {(each["verdict"], each["certainty"]) for each in readings if each["rank"] == 0}
    assert ("decided", "certain") in chosen


@pytest.mark.parametrize("liar", [None, DINNER.body.replace(DINNER.body[:6], "另一家公司在此地")])
def test_the_order_in_which_copies_come_does_not_matter(tmp_path: Path, liar: str | None) -> None:
    copies = [*MIRRORS[:2], copy_of(DINNER, "www.mirror2.example", None if liar else HOSTS[2], liar)]
    days = {each.url: number for number, each in enumerate(copies)}
    ends = []
    for number, order in enumerate(permutations(copies)):
        with Archive.open(f"sqlite:///{tmp_path / str(number)}.sqlite") as archive:
            for each in order:
                store(archive, each, day=days[each.url])
            row = row_of(archive)
            ends.append(([row[name] for name in TOLD], standings(archive)))
    assert all(end == ends[0] for end in ends)
    assert ends[0][0][6] == DINNER.body
    assert ends[0][1]["www.mirror2.example"] == (("apart", "tampering") if liar else ("supports", None))


@pytest.mark.parametrize("own_first", [True, False])
def test_what_a_mirror_changed_never_becomes_the_text(archive: Archive, own_first: bool) -> None:
    own, liar = copy_of(DINNER, OWN), copy_of(DINNER, "www.mirror.example", None, "园区今日宣布改名。\n" + DINNER.body)
    store(archive, *((own, liar) if own_first else (liar, own)))
    row = row_of(archive)
    assert (row["body"], row["url"]) == (DINNER.body, own.url)
    assert standings(archive) == {OWN: ("supports", None), "www.mirror.example": ("apart", "tampering")}
    (place,) = next(each["apart"] for each in archive.witnesses_of(1) if not each["own"])
    assert "园区今日宣布改名" in place["reading"]


def test_another_text_under_the_same_number_is_kept_apart(archive: Archive) -> None:
    other = BY_NUMBER[405].body
    store(archive, copy_of(DINNER, OWN, HOSTS[0]), copy_of(DINNER, "www.mirror.example", None, other))
    assert standings(archive)["www.mirror.example"] == ("apart", "another text")
    assert "".join(row_of(archive)["body"].split())[:4] == DINNER.body[:4]


def test_the_sites_own_newer_words_are_the_text_and_the_older_ones_stand_apart(archive: Archive) -> None:
    newer = DINNER.body.replace(DINNER.body[:8], "本报昨日获悉，记者")
    first, second = copy_of(DINNER, OWN, HOSTS[0]), copy_of(DINNER, OWN, None, newer)
    store(archive, first, MIRRORS[1], second)
    row = row_of(archive)
    assert (row["body"], row["inferred_count"], row["damage_count"]) == (newer, 0, 0)
    own = [(each["standing"], each["kind"]) for each in archive.witnesses_of(1) if each["own"]]
    assert own == [("apart", "edit"), ("supports", None)]
    assert archive.versions_of(1)[-1]["made_by"] == "site"


def test_a_date_is_told_by_most_copies(archive: Archive) -> None:
    day = DINNER.date + dt.timedelta(days=1)
    copies = [replace(each, date_raw=str(each.date), date_basis="shown") for each in MIRRORS]
    copies[0] = replace(copies[0], date=day, date_raw=str(day))
    store(archive, *copies)
    row = row_of(archive)
    assert (row["date"], row["date_raw"]) == (DINNER.date.isoformat(), DINNER.date.isoformat())
    told = [each for each in archive.readings_of(1, row["version"]) if each["field"] == "date"]
    assert [(each["verdict"], each["reading"]) for each in told] == [
        ("decided", DINNER.date.isoformat()),
        ("decided", day.isoformat()),
    ]
    store(archive, copy_of(BY_NUMBER[405], "a.example"), copy_of(BY_NUMBER[405], "b.example", date=day))
    row = row_of(archive, copy_of(BY_NUMBER[405], "a.example").url)
    assert (row["date"], row["date_missing"], row["disputed"]) == (None, "conflict", 1)


# -- what costs nothing --


def test_nights_of_the_same_pages_add_nothing(archive: Archive) -> None:
    copies = [copy_of(DINNER, OWN, HOSTS[0]), *MIRRORS[1:]]
    store(archive, *copies)
    before = everything(archive)
    for night in range(10, 13):
        assert store(archive, *copies, day=night * 10) == ["unchanged"] * 3
    assert everything(archive) == before
    assert row_of(archive)["last_seen"] > "2027-03"


def test_counts_of_readers_make_no_witness(archive: Archive) -> None:
    for night in range(4):
        store(archive, *(replace(each, body=f"{each.body}\n点击：{night}") for each in MIRRORS[:2]), day=2 * night)
    assert len(archive.witnesses_of(1)) == 2
    assert row_of(archive)["version"] == 2


def test_an_article_of_one_host_has_no_rows_of_witnesses(archive: Archive) -> None:
    own = copy_of(DINNER, OWN)
    store(archive, own, replace(own, body=own.body + "\n完。"), copy_of(BY_NUMBER[405], "www.mirror.example", HOSTS[0]))
    shown = [(each["id"], each["version"], each["standing"]) for each in archive.witnesses_of(1)]
    assert shown == [(None, 2, "supports")] or sorted(shown, key=str) == [(None, 1, "apart"), (None, 2, "supports")]
    _, other = sorted(row["id"] for row in archive.articles())
    assert [each["id"] for each in archive.witnesses_of(other)] == [None]
    with pytest.raises(KeyError):
        archive.witnesses_of(other + 1)


def test_a_host_that_damages_a_page_otherwise_each_night_is_bounded(archive: Archive) -> None:
    store(archive, *(copy_of(DINNER, "www.mirror.example", random_host(random.Random(seed))) for seed in range(20)))
    assert 1 < len(archive.witnesses_of(1)) <= 8


# -- copies without a number --


def bare(truth: Truth, host: Host | None = None) -> Article:
    """A copy on a page of which nothing tells its number."""
    url = f"http://old.example/show.asp?no={truth.id}"
    return copy_of(truth, "old.example", host, section=None, native_id=None, url=url)


def test_a_copy_without_a_number_is_shown_to_a_person(archive: Archive) -> None:
    others = [each for each in truths()[:30] if each.section == "news" and each.id != DINNER.id]
    store(archive, *(copy_of(each, OWN) for each in others), MIRRORS[0], bare(DINNER, HOSTS[1]))
    assert archive.find_candidates(NOW) == 1
    assert archive.find_candidates(NOW) == 0
    (found,) = archive.candidates()
    assert (found["article_url"], found["copy_url"]) == (MIRRORS[0].url, bare(DINNER).url)
    assert found["share"] > 50
    both = archive.count()
    assert json.loads(zspark("candidates", "--json").stdout)[0]["id"] == found["id"]
    assert zspark("candidates", "--confirm", str(found["id"])).stdout == "candidate 1 confirmed, a new version\n"
    assert archive.count() == both - 1
    row = row_of(archive, MIRRORS[0].url)
    assert (row["body"], row["witness_count"], row["inferred_count"]) == (DINNER.body, 2, 0)
    assert [each.article["id"] for each in archive.search(f'"{DINNER.title}"')] == [row["id"]]
    assert archive.candidates() == []
    versions = row["version"]
    assert store(archive, bare(DINNER, HOSTS[1]), day=90) == ["unchanged"]
    assert row_of(archive, MIRRORS[0].url)["version"] == versions
    assert not list(archive.database_faults())


def test_a_rejected_candidate_does_not_come_back(archive: Archive) -> None:
    store(archive, MIRRORS[0], bare(DINNER, HOSTS[1]))
    zspark("candidates")
    assert zspark("candidates", "--reject", "1").stdout == "candidate 1 rejected\n"
    assert "old.example" not in zspark("candidates").stdout
    assert (archive.count(), archive.candidates("rejected")[0]["id"]) == (2, 1)
    assert CliRunner().invoke(main, ["candidates", "--confirm", "1"]).exit_code == 1


def test_no_two_articles_of_the_sample_are_like_each_other() -> None:
    rows = [{"title": each.title, "date": each.date.isoformat(), "body": each.body} for each in truths()]
    like = [(one, other) for n, one in enumerate(rows) for other in rows[:n] if likeness(one, other).is_enough]
    assert like == []


# -- shown --


def test_witnesses_and_explain_show_the_copies_side_by_side(archive: Archive) -> None:
    store(archive, *MIRRORS[:2])
    listed = zspark("witnesses", "news/366").stdout
    assert all(f"www.mirror{number}.example" in listed for number in range(2))
    assert "0 places disputed, 0 that no copy has" in listed
    assert len(json.loads(zspark("witnesses", "news/366", "--json").stdout)) == 2
    explained = zspark("explain", "news/366").stdout
    assert "told from several copies" in explained
    assert "The copies\n" in explained
    assert "What they read\n" in explained
    told = json.loads(zspark("explain", "news/366", "--json").stdout)
    assert [each["host"] for each in told["witnesses"]] == ["www.mirror0.example", "www.mirror1.example"]
    assert told["readings"][0]["rank"] == 0
    exported = zspark("export", "json").stdout
    assert json.loads(exported)[0]["witness_count"] == 2


def test_what_later_copies_told_was_not_known_on_an_earlier_day(archive: Archive) -> None:
    store(archive, *MIRRORS[:2])
    columns: Sequence[str] = ("body", "witness_count")
    (earlier,) = archive.articles(Filters(as_of=NOW.date()), columns=columns)
    assert (earlier["body"], earlier["witness_count"]) == (MIRRORS[0].body, None)
    (later,) = archive.articles(Filters(as_of=NOW.date() + dt.timedelta(days=1)), columns=columns)
    assert later["witness_count"] == 2


# -- the site itself at several times --


def test_two_damages_of_the_site_itself_are_told_together(archive: Archive) -> None:
    own = [copy_of(DINNER, OWN, host) for host in HOSTS[:2]]
    store(archive, *own)
    row = row_of(archive)
    assert (row["body"], row["inferred_count"], row["witness_count"]) == (DINNER.body, 0, 2)
    assert [each["own"] for each in archive.witnesses_of(1)] == [True, True]


def test_what_a_hijack_of_the_site_took_is_told_by_its_older_copy(archive: Archive) -> None:
    first, *_ = DINNER.body.split("\n")
    whole, hijacked = copy_of(DINNER, OWN), copy_of(DINNER, OWN, HOSTS[0], first)
    assert store(archive, whole, hijacked, hijacked, hijacked) == ["new", "version", "unchanged", "unchanged"]
    assert row_of(archive)["body"] == DINNER.body
    kinds = [version["changed"].get("body") for version in archive.versions_of(1)]
    assert kinds == [None, "hijacked", "collated"]


# -- whose files they are --

OWN_FILE, SPAM_FILE = "http://www.nhtp.org/up/7.docx", "http://casino.example/7.docx"


def offering(copy: Article, *urls: str) -> Article:
    return replace(copy, attachments=tuple(Attachment("附件：申报表", url) for url in urls))


def of_mirror(number: int) -> str:
    return f"http://www.mirror{number}.example/up/7.docx"


def offered(archive: Archive) -> list[str]:
    return [each["url"] for each in row_of(archive)["attachments"]]


def test_the_files_of_the_site_itself_go_before_those_of_its_mirrors(archive: Archive) -> None:
    own = copy_of(DINNER, "www.nhtp.org", HOSTS[2])
    store(archive, offering(own, OWN_FILE), *(offering(each, SPAM_FILE) for each in MIRRORS[:2]))
    assert offered(archive) == [OWN_FILE]
    assert row_of(archive)["witness_count"] > 1


def test_one_mirror_adds_no_file_to_an_article_of_the_site_and_two_do(archive: Archive) -> None:
    own = copy_of(DINNER, "www.nhtp.org", HOSTS[2])
    store(archive, own, offering(MIRRORS[0], of_mirror(0)))
    assert row_of(archive)["witness_count"] > 1
    assert offered(archive) == []
    store(archive, offering(MIRRORS[1], of_mirror(1)), day=5)
    assert len(offered(archive)) == 1


def test_a_link_to_a_foreign_host_comes_from_no_mirror(archive: Archive) -> None:
    store(archive, *(offering(each, SPAM_FILE) for each in MIRRORS[:2]))
    assert archive.versions_of(1)[-1]["made_by"] == "witnesses"
    assert offered(archive) == []
    store(archive, offering(MIRRORS[2], of_mirror(2)), day=5)
    assert offered(archive) == [of_mirror(2)]


def test_of_mirrors_the_list_counts_that_most_show(archive: Archive) -> None:
    store(archive, MIRRORS[0], *(offering(each, of_mirror(n)) for n, each in enumerate(MIRRORS[1:], start=1)))
    assert len(offered(archive)) == 1
