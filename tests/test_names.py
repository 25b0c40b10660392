"""The public names are functions and classes, whatever was imported first."""

from __future__ import annotations

import subprocess
import sys

import pytest

import zsparkcrawl
from tests.serving import ROOT

NAMED_ALIKE = ("clean", "extract", "repair")
"""Functions of the package that are called as the modules which they come from."""
LOOK = f"""
import types
from zsparkcrawl import {", ".join(NAMED_ALIKE)}
found = [one.__name__ for one in ({", ".join(NAMED_ALIKE)}) if isinstance(one, types.FunctionType)]
print(*found)
"""


def ran(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_public_name_is_a_module() -> None:
    modules = [name for name in zsparkcrawl.__all__ if isinstance(getattr(zsparkcrawl, name), type(sys))]
    assert modules == []


@pytest.mark.parametrize(
    "first",
    [
        "import zsparkcrawl.repair",
        "import zsparkcrawl.extract, zsparkcrawl.clean",
        "import zsparkcrawl.repair.gbk",
        "from zsparkcrawl.repair import RULES",
        "import zsparkcrawl.cli, zsparkcrawl.spiders.news, zsparkcrawl.settings",
        "import importlib; importlib.import_module('zsparkcrawl.clean')",
    ],
)
def test_whatever_is_imported_first(first: str) -> None:
    done = ran("-c", first + LOOK)
    assert done.stdout.split() == list(NAMED_ALIKE), done.stderr


def test_doctests_of_a_module_before_the_tests() -> None:
    """Pytest puts a module that it imports by its file into its package: see conftest.py."""
    one = ("tests/test_repair.py", "-k", "made_to_last")
    done = ran("-m", "pytest", "-p", "no:cacheprovider", "zsparkcrawl/repair/__init__.py", *one)
    assert done.returncode == 0, done.stdout
