"""Compiles the modules that have a .pxd beside them, where that works; without a C compiler they run as they are.

A module and its .pxd are one source: the .pxd says only which types the compiler may rely on.
"""

from __future__ import annotations

import os
from pathlib import Path

from setuptools import Extension, setup

try:
    from Cython.Build import cythonize
except ImportError:  # then nothing is compiled
    cythonize = None

DIRECTIVES = {
    "annotation_typing": False,  # the annotations are for readers and mypy
    "boundscheck": False,
    "wraparound": False,
    "initializedcheck": False,
    "cdivision": True,
    "cpow": True,
}
# Or a machine that multiplies and adds in one step would get other sums than the interpreter.
FLAGS = [] if os.name == "nt" else ["-ffp-contract=off", "-g0"]


def extensions() -> list[Extension]:
    """One for each .pxd of the package."""
    sources = sorted(path.with_suffix(".py") for path in Path("zsparkcrawl").rglob("*.pxd"))
    return [
        Extension(".".join(path.with_suffix("").parts), [path.as_posix()], extra_compile_args=FLAGS, optional=True)
        for path in sources
    ]


setup(
    ext_modules=cythonize(extensions(), build_dir="build/c", compiler_directives=DIRECTIVES, language_level=3)
    if cythonize
    else []
)
