"""The modules that are compiled give what they give uncompiled, and are those of this source."""

from __future__ import annotations

import importlib
import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from bench.damage import damage, random_host
from bench.sample_truth import truths
from zsparkcrawl import repair

PACKAGE = Path(__file__).parents[1] / "zsparkcrawl"
SOURCES = sorted(path.with_suffix(".py") for path in PACKAGE.rglob("*.pxd"))
COMPILED = {
    source: Path(str(module.__file__))
    for source in SOURCES
    for module in [importlib.import_module(".".join(source.relative_to(PACKAGE.parent).with_suffix("").parts))]
    if Path(str(module.__file__)).suffix != ".py"
}
needs_compiled = pytest.mark.skipif(len(COMPILED) < len(SOURCES), reason="no C compiler: the modules run as they are")
REPAIR = """
import json, sys
from dataclasses import astuple
from zsparkcrawl import repair
from zsparkcrawl.repair.lattice import beam
assert beam.__file__.endswith(".py"), beam.__file__
json.dump([astuple(repair(text)) for text in json.load(sys.stdin)], sys.stdout)
"""


def damaged_texts() -> list[str]:
    """A paragraph of the sample site for each of some hosts, and texts that are nothing but damage."""
    paragraphs = [line for truth in truths() for line in truth.body.split("\n") if len(line) > 40]
    rng = random.Random(3)
    texts = [damage(rng.choice(paragraphs), random_host(random.Random(seed))) for seed in range(40)]
    misread = [text.encode().decode("gbk", "replace") for text in paragraphs[:4]]
    return [*texts, *misread, "當(dāng)?shù)" * 60, "數?！" * 60, "？！" * 200, "\ufffd" * 200]


@needs_compiled
def test_compiled_and_interpreted_repair_alike(tmp_path: Path) -> None:
    copied = tmp_path / "zsparkcrawl"
    shutil.copytree(PACKAGE, copied, ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    texts = damaged_texts()
    done = subprocess.run(
        [sys.executable, "-c", REPAIR],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    compiled = json.loads(json.dumps([astuple(repair(text)) for text in texts]))
    assert json.loads(done.stdout) == compiled
    assert any(edit[0] == "gbk" for _, edits, *_ in compiled for edit in edits)


@needs_compiled
def test_what_is_compiled_is_this_source() -> None:
    stale = [source.name for source, made in COMPILED.items() if made.stat().st_mtime < source.stat().st_mtime]
    assert not stale, "run make, or python setup.py build_ext --inplace"
