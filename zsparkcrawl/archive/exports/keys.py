"""What rows of a package are called: keys that do not depend on the order in which rows were written, nor on the
database.

An article is called by site, section and the site's own number, as in ``nhtp/news/1207``, or by its address where it
has none; everything else by the first 16 hexadecimal digits of the SHA-256 of what it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

__all__ = ["article_key", "hashed_key"]


def article_key(row: Mapping[str, Any]) -> str:
    """What an article is called in a package.

    >>> article_key({"site": "nhtp", "section": "notices", "native_id": "qnsq/12", "url": "http://x.example/"})
    'nhtp/notices/qnsq/12'
    >>> article_key({"site": "nhtp", "section": None, "native_id": None, "url": "http://x.example/"})
    'http://x.example/'
    """
    if row["section"] is None or row["native_id"] is None:
        return str(row["url"])
    return f"{quote(row['site'], safe='')}/{quote(row['section'], safe='')}/{row['native_id']}"


def hashed_key(row: Mapping[str, Any], names: Iterable[str]) -> str:
    """What a row is called by some of its columns, which tell it from all others.

    >>> hashed_key({"kind": "junk", "pages": 3}, ["kind"])
    'ef875a1705a5fdac'
    """
    text = "\x00".join(str(row[name]) for name in names)  # the archive keeps no text with a NUL
    return hashlib.sha256(text.encode()).hexdigest()[:16]
