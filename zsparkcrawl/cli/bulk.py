"""`zsparkcrawl bulk repair | clean | read`: whole collections, on all cores or on a cluster."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from zsparkcrawl.bulk.faults import ChoiceError
from zsparkcrawl.cli.progress import progress
from zsparkcrawl.cli.stopping import terminable
from zsparkcrawl.errors import ZsparkError

if TYPE_CHECKING:
    from zsparkcrawl.bulk.engines import Engine
    from zsparkcrawl.bulk.running import Summary
    from zsparkcrawl.bulk.sources import Job, Source

__all__ = ["bulk"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_MEGABYTE = 1_000_000
_TAKEN = ("edits", "damaged", "rest")
_NAMED = 3
"""Files with failures that the last line names."""


class FailuresError(ZsparkError):
    """Records or files could not be worked on; all else was."""


@click.group()
def bulk() -> None:
    """Work on whole collections: JSON lines, Parquet and WARC files, on all cores or on a cluster.

    What is done is not done again: the same command goes on where a stopped or killed one was. The output does not
    depend on how many work at it. Exit code: 0 good, 1 when records or files could not be worked on, or the run
    was stopped or could not go on, 2 wrong usage, 3 another process writes into the same folder.
    """


_OPTIONS = (
    click.argument("inputs", nargs=-1, required=True, metavar="INPUT..."),
    click.option(
        "-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write into."
    ),
    click.option(
        "--to", type=click.Choice(["jsonl", "parquet"]), help="The form of the output; without it as it came."
    ),
    click.option("--jobs", type=click.IntRange(1, 512), help="Processes of this machine; without it one a core."),
    click.option(
        "--dask", metavar="ADDRESS", help="Work on a Dask cluster: tcp://host:8786, or local:N for N processes here."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON."),
)


def _options(command: _Command) -> _Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _mending(name: Literal["repair", "clean"], summary: str) -> click.Command:
    @click.command(name, help=summary)
    @_options
    @click.option(
        "--field", "fields", multiple=True, default=("text",), show_default=True, metavar="NAME",
        help="The field or column that holds the text; several are looked at together. May be given several times.",
    )  # fmt: skip
    def command(inputs: Sequence[str], fields: tuple[str, ...], to: str | None, **options: Any) -> None:
        from zsparkcrawl.bulk.sources import Job

        if taken := [field for field in fields if field in _TAKEN]:
            raise ChoiceError(f'--field {taken[0]}: what is mended has something else under the name "{taken[0]}"')
        _run(inputs, Job(name, tuple(dict.fromkeys(fields)), to or ""), **options)  # type: ignore[arg-type]

    return command


_INPUT = (
    "INPUT are files, folders or patterns of JSON lines (.jsonl, .ndjson or, by name, .json; also .gz) and Parquet."
)
bulk.add_command(_mending("repair", f"Mend damaged text; each record gets its edits. {_INPUT}"))
bulk.add_command(_mending("clean", f"Mend damaged text and cut injected spam; each record gets its edits. {_INPUT}"))


@bulk.command("read")
@_options
@click.option(
    "--field", default="html", show_default=True, metavar="NAME", help="Where a page stands, in lines and Parquet."
)
@click.option(
    "--url-field", default="url", show_default=True, metavar="NAME", help="Where its address stands, in the same."
)
@click.option("--site", metavar="NAME", help="Whose pages those are; without it the address decides.")
def _read(inputs: Sequence[str], field: str, to: str | None, url_field: str, site: str | None, **options: Any) -> None:
    """Read pages to clean articles, as `zsparkcrawl read` does: of WARC files each response that is HTML; of JSON lines
    and Parquet each record that holds a page and its address."""
    from zsparkcrawl.bulk.sources import Job
    from zsparkcrawl.sites import site_named

    if site is not None:
        site_named(site)
    _run(inputs, Job("read", (field,), to or "", url_field, site), **options)  # type: ignore[arg-type]


def _run(inputs: Sequence[str], job: Job, out: Path, as_json: bool, **engine: Any) -> None:
    from zsparkcrawl.bulk.running import holding, run
    from zsparkcrawl.bulk.sources import shown, sources_of

    if None not in engine.values():
        raise ChoiceError("--jobs is for this machine; how many work on a cluster is the cluster's affair")
    if os.path.exists(out) and not os.path.isdir(out):  # noqa: PTH110, PTH112 - these do not raise
        raise ChoiceError(f"{shown(out)} is no folder")
    faults: list[str] = []
    sources = sources_of(inputs, out, job, faults)
    _check_extras(sources)
    with terminable(), holding(out), _engine(**engine) as workers, _steps(job.work, sources) as step:
        summary = run(sources, out, job, workers, step)
    summary.faults[:0] = faults
    _tell(summary, as_json=as_json)


def _check_extras(sources: Sequence[Source]) -> None:
    if any("parquet" in (source.form, source.written_as) for source in sources):
        from zsparkcrawl.extras import extra

        extra("pyarrow.parquet", "parquet")


@contextmanager
def _engine(jobs: int | None, dask: str | None) -> Iterator[Engine]:
    from zsparkcrawl.bulk.engines import on_cluster, on_this_machine

    with on_cluster(dask) if dask is not None else on_this_machine(jobs or _cores()) as engine:
        yield engine


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _steps(what: str, sources: Sequence[Source]) -> Iterator[Callable[[int], None]]:
    """The bar, which counts megabytes."""
    done = shown = 0
    with progress(f"{what} (MB)", lambda: sum(map(_size, sources)) // _MEGABYTE) as step:

        def more(size: int) -> None:
            nonlocal done, shown
            done += size
            while shown < done // _MEGABYTE:
                shown += 1
                step()

        yield more


def _size(source: Source) -> int:
    try:
        return Path(source.path).stat().st_size
    except OSError:  # that is told when it is read
        return 0


def _tell(summary: Summary, *, as_json: bool) -> None:
    counts = summary.tally.summary()
    if as_json:
        files = {"files": summary.files, "files_done_before": summary.done_before, "faults": summary.faults}
        click.echo(json.dumps({**files, **counts, "failures_in": summary.failures}, ensure_ascii=False, indent=2))
    else:
        for line in _lines(summary, counts):
            click.echo(line)
        for fault in summary.faults:
            click.echo(f"zsparkcrawl: {fault}", err=True)
    told = [f"{_number(counts['failures'], 'record')} failed: {_some(summary.failures)}"] if summary.failures else []
    told += [f"{_number(len(summary.faults), 'input')} could not be worked on"] if summary.faults else []
    if told:
        raise FailuresError("; ".join(told))


def _number(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _some(names: Sequence[str]) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _lines(summary: Summary, counts: dict[str, Any]) -> Iterator[str]:
    before = f", {summary.done_before} done before" if summary.done_before else ""
    files, records = _number(summary.files, "file"), _number(counts["records"], "record")
    yield f"{files}{before}; {records}, of which {counts['healthy']} were healthy"
    yield f"repaired {counts['repaired']} ({counts['inferred']} with something inferred), {counts['edits']} edits"
    yield f"left damaged {counts['left_damaged']}, spam cuts {counts['spam_cuts']}, failures {counts['failures']}"
    if counts["skipped"]:
        yield f"skipped {counts['skipped']} records that hold no page"
    if counts["damaged_by_kind"]:
        yield "damage: " + ", ".join(f"{kind} {number}" for kind, number in counts["damaged_by_kind"].items())
