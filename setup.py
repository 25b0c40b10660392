"""Compiles the modules that have a .pxd beside them, where that works; without a C compiler they run as they are.

A module and its .pxd are one source: the .pxd says only which types the compiler may rely on.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, ExecError, PlatformError

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


class Optional(build_ext):
    """Compiles all modules or none: a compiled one relies on the others being compiled."""

    def run(self) -> None:
        try:
            super().run()
        except (CCompilerError, ExecError, PlatformError) as error:
            warnings.warn(f"nothing is compiled, and everything works, more slowly: {error}", stacklevel=1)
            for made in self.get_outputs():
                Path(made).unlink(missing_ok=True)
            self.extensions = []


def extensions() -> list[Extension]:
    """One for each .pxd of the package."""
    sources = sorted(path.with_suffix(".py") for path in Path("zsparkcrawl").rglob("*.pxd"))
    return [
        Extension(".".join(path.with_suffix("").parts), [path.as_posix()], extra_compile_args=FLAGS) for path in sources
    ]


setup(
    cmdclass={"build_ext": Optional},
    ext_modules=cythonize(extensions(), build_dir="build/c", compiler_directives=DIRECTIVES, language_level=3)
    if cythonize
    else [],
)
