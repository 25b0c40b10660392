"""CITATION.cff: how a package is cited, in the Citation File Format 1.2.0 (citation-file-format.github.io)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from zsparkcrawl.package.facts import Facts

__all__ = ["citation", "yaml"]

_MESSAGE = "If you use this data set, please cite it as below. 使用本数据集时请按下列信息引用。"


def citation(facts: Facts, abstract: str) -> str:
    """The file's text. Without a creator the program stands as the author: an entity, for nobody is invented."""
    authors = [{"name": name} for name in facts.creators]
    if not authors:
        authors = [{"name": f"zsparkcrawl {facts.program} (software)"}]
    told: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": _MESSAGE,
        "type": "dataset",
        "title": facts.title,
        "version": facts.version,
        "date-released": facts.created[:10],
        "authors": authors,
        "abstract": abstract,
        "keywords": ["Chinese", "news", "archive", "mojibake", "text repair"],
    }
    if facts.known_licence:
        told["license"] = facts.known_licence
    references = [_reference(each.title, each.path) for each in facts.sources if each.path]
    if references:
        told["references"] = references
    return yaml(told)


def yaml(told: Mapping[str, Any]) -> str:
    """Names with texts, lists of texts and lists of mappings of these as YAML. Texts are quoted as in JSON, which YAML
    1.2 takes in.

    >>> print(yaml({"title": 'a "b"', "authors": [{"name": "园区", "website": "x"}], "keywords": ["c"]}), end="")
    title: "a \\"b\\""
    authors:
      - name: "园区"
        website: "x"
    keywords:
      - "c"
    """
    return "".join(f"{line}\n" for line in _lines(told))


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    for name, value in told.items():
        if isinstance(value, str):
            yield f"{name}: {_quoted(value)}"
            continue
        yield f"{name}:"
        for item in value:
            if isinstance(item, str):
                yield f"  - {_quoted(item)}"
                continue
            first, *others = _lines(item)
            yield f"  - {first}"
            yield from (f"    {line}" for line in others)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    # JSON leaves these as they are; YAML takes them for ends of lines, or for nothing that may stand in a file.
    return "".join(c if c.isprintable() else c.encode("unicode-escape").decode() for c in quoted)


def _reference(title: str, path: str) -> dict[str, Any]:
    return {"type": "website", "title": title, "url": path, "authors": [{"name": title}]}
