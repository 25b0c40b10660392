"""zsparkcrawl crawls a science park's news and notices, mends the broken text and keeps every change on record.

>>> from zsparkcrawl import repair, revert
>>> mended = repair("產(chǎn)業(yè)園區(qū)發(fā)展")
>>> mended.text, revert(mended.text, mended.edits)
('产业园区发展', '產(chǎn)業(yè)園區(qū)發(fā)展')
"""

from typing import TYPE_CHECKING, Any

from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.clean import clean, read
from zsparkcrawl.edits import Damage, Edit, Edited, apply, revert
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extract import extract
from zsparkcrawl.items import Article, Attachment, Diagnosis, Image, Injection, Page
from zsparkcrawl.repair import repair
from zsparkcrawl.spam import despam

if TYPE_CHECKING:
    from zsparkcrawl.notebook import open_archive

__all__ = [
    "Article",
    "Attachment",
    "Damage",
    "Diagnosis",
    "Edit",
    "Edited",
    "Image",
    "Injection",
    "Page",
    "ZsparkError",
    "apply",
    "clean",
    "despam",
    "diagnose",
    "extract",
    "open_archive",
    "read",
    "repair",
    "revert",
]


def __getattr__(name: str) -> Any:
    # Loaded when it is asked for: repairing a text must not load what speaks SQL.
    if name == "open_archive":
        from zsparkcrawl.notebook import open_archive

        return open_archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
