"""One text from several copies: mirrors, archives and the site itself as witnesses of what an article says."""

from zsparkcrawl.witnesses.apparatus import Apart, CollatedText, CollatedValue, Collation, Entry, Reading
from zsparkcrawl.witnesses.collating import collate
from zsparkcrawl.witnesses.witness import Witness

__all__ = [
    "Apart",
    "CollatedText",
    "CollatedValue",
    "Collation",
    "Entry",
    "Reading",
    "Witness",
    "collate",
]
