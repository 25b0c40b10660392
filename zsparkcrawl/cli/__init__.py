"""The command `zsparkcrawl`. Each command stands in a module by subject and is loaded only when it is called, so that
`zsparkcrawl repair` never loads Twisted or SQL."""

from __future__ import annotations

import errno
import importlib
import os
import sys

import click

from zsparkcrawl.errors import ZsparkError

__all__ = ["main"]

COMMANDS = {
    "repair": "text",
    "despam": "text",
    "clean": "text",
    "read": "text",
    "bulk": "bulk",
    "export": "exporting",
    "package": "packaging",
    "search": "searching",
    "show": "archive",
    "history": "versions",
    "diff": "versions",
    "explain": "explaining",
    "witnesses": "witnessing",
    "candidates": "witnessing",
    "report": "reporting",
    "status": "standing",
    "seen": "standing",
    "reread": "archive",
    "verify": "verifying",
    "backup": "backing",
    "copy": "copying",
    "upgrade": "upgrading",
    "import": "importing:import_files",
    "recover": "recovering",
    "crawl": "crawl",
    "serve": "serving",
    "demo": "demo",
}
"""Command -> module of this package in which the function of the same name stands, or of the one behind the colon where
Python takes the name for itself."""


class _Commands(click.Group):
    """Loads a command's module when the command is asked for, and turns a foreseeable fault into one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        place, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(f"{__name__}.{place}"), name or cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        if os.environ.get("NO_COLOR"):  # see no-color.org
            ctx.color = False
        try:
            return super().invoke(ctx)
        except ZsparkError as error:
            click.echo(f"zsparkcrawl: {error}", err=True)
            sys.exit(error.exit_code)
        except OSError as error:
            # Whoever writes a file tells of it as a ZsparkError: this is what goes to where the output is led.
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            click.echo(f"zsparkcrawl: cannot write the output: {error.strerror}", err=True)
            # What is still to be written must not fail again when the program ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zsparkcrawl")
def main() -> None:
    """Crawl a science park's news and notices, mend the text, keep every change on record."""
