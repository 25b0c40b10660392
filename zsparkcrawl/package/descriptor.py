"""datapackage.json: the package for programs, by the Data Package standard (datapackage.org, Table Schema)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zsparkcrawl.archive.exports.dictionary import Column
from zsparkcrawl.package.facts import Facts
from zsparkcrawl.package.folder import Digest
from zsparkcrawl.package.tables import TABLES, Reference, Table, table_named, type_of
from zsparkcrawl.package.writing import DATA

__all__ = ["descriptor"]

_SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
_DIALECT = {
    "delimiter": ",",
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "header": True,
}
_EMPTY = (
    "In the CSV an empty field is NULL (not known) and a pair of quotes is an empty text. Table Schema reads both as "
    "missing; the Parquet file beside it keeps them apart. "
    "CSV 中空字段表示未知（NULL），一对引号表示空文本；Table Schema 把两者都读作缺失，旁边的 Parquet 文件则加以区分。"
)
_CONSTRAINTS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("edits", "certainty"): {"enum": ["certain", "inferred"]},
    ("versions", "made_by"): {"enum": ["site", "reading", "import", "witnesses"]},
    ("readings", "verdict"): {"enum": ["agreed", "decided", "disputed", "gap"]},
    ("readings", "certainty"): {"enum": ["certain", "inferred"]},
    ("reading_witnesses", "says"): {"enum": ["reads", "explained"]},
    ("files", "kind"): {"enum": ["attachment", "image"]},
    ("files", "sha256"): {"pattern": "[0-9a-f]{64}"},
    ("missing", "kind"): {"enum": ["months", "numbers"]},
    ("coverage", "month"): {"pattern": "[0-9]{4}-[0-9]{2}"},
}
_FROM_ONE = frozenset(["version"])
"""Numbers that begin with 1; others with 0."""


def descriptor(facts: Facts, description: str, found: Mapping[str, Digest]) -> dict[str, Any]:
    """The descriptor as JSON has it. ``found`` are the files of the package but this one."""
    told: dict[str, Any] = {
        "$schema": _SCHEMA,
        "name": facts.name,
        "title": facts.title,
        "description": description,
        "version": facts.version,
        "created": facts.created,
        "keywords": ["Chinese", "news", "archive", "mojibake", "text repair"],
        "sources": [
            {"title": each.title, **({"path": each.path} if each.path else {})} for each in facts.sources
        ],
        "contributors": [
            *({"title": name, "roles": ["creator"]} for name in facts.creators),
            {"title": f"zsparkcrawl {facts.program} (software)", "roles": ["wrangler"]},
        ],
        "program": f"zsparkcrawl {facts.program}",
        "selection": dict(facts.selection),
    }  # fmt: skip
    if facts.licence is not None:
        known = {"name": facts.known_licence} if facts.known_licence else {"path": "LICENSE.md"}
        told["licenses"] = [{**known, "title": facts.licence}]
    told["resources"] = [_resource(table_named(name), found) for name in TABLES]
    return told


def _resource(table: Table, found: Mapping[str, Digest]) -> dict[str, Any]:
    return {
        "name": table.name,
        "type": "table",
        "title": f"{table.title} {table.title_chinese}",
        "description": f"{table.meaning}. {table.meaning_chinese}。{_EMPTY}",
        **_file(f"{DATA}/{table.name}.csv", found),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": _DIALECT,
        "schema": _schema(table),
        "parquet": _file(f"{DATA}/{table.name}.parquet", found),
    }


def _file(path: str, found: Mapping[str, Digest]) -> dict[str, Any]:
    return {"path": path, "bytes": found[path].size, "hash": f"sha256:{found[path].sha256}"}


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(table, column) for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.references:
        schema["foreignKeys"] = [_reference(each) for each in table.references]
    return schema


def _reference(reference: Reference) -> dict[str, Any]:
    other = {"resource": reference.table, "fields": list(reference.other)}
    return {"fields": list(reference.columns), "reference": other}


def _field(table: Table, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": type_of(column),
        "title": column.chinese,
        "description": f"{column.meaning}. {column.meaning_chinese}。",
    }
    constraints: dict[str, Any] = dict(_CONSTRAINTS.get((table.name, column.name), {}))
    if column.kind == "integer":
        constraints["minimum"] = 1 if column.name in _FROM_ONE else 0
    # An empty text is read as missing, so a text can be required only where it never is empty.
    if column.name in table.key or "enum" in constraints or (not column.nullable and column.kind != "text"):
        constraints["required"] = True
    if constraints:
        field["constraints"] = constraints
    return field
