"""zsparkcrawl crawls a science park's news and notices, mends the broken text and keeps every change on record.

>>> from zsparkcrawl import repair, revert
>>> mended = repair("產(chǎn)業(yè)園區(qū)發(fā)展")
>>> mended.text, revert(mended.text, mended.edits)
('产业园区发展', '產(chǎn)業(yè)園區(qū)發(fā)展')
"""

from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.clean import clean, read
from zsparkcrawl.edits import Damage, Edit, Edited, apply, revert
from zsparkcrawl.errors import ZsparkError
from zsparkcrawl.extract import extract
from zsparkcrawl.items import Article, Attachment, Diagnosis, Image, Injection, Page
from zsparkcrawl.repair import repair
from zsparkcrawl.spam import despam

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
    "read",
    "repair",
    "revert",
]
