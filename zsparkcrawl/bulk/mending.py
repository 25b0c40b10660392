"""What becomes of the texts of one record: the one shape that lines, rows and single texts have afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from zsparkcrawl.bulk.faults import UnfitError
from zsparkcrawl.chinese.diagnosis import diagnose
from zsparkcrawl.edits import Edited
from zsparkcrawl.items import Diagnosis, plain
from zsparkcrawl.repair import RULES
from zsparkcrawl.repair.characters import remove_invisible
from zsparkcrawl.repair.misread import reread_misread
from zsparkcrawl.spam import cut_all

__all__ = ["MOST_TEXT", "Mending", "mend", "on_record", "texts_of"]

Mending = Literal["repair", "clean"]
"""What is done to a text: it is repaired, or repaired and freed of spam."""

MOST_TEXT = 2_000_000
"""Characters of a text above which it is not worked on, as with pages: memory grows with it. Chosen."""


def mend(texts: Mapping[str, str], mending: Mending) -> tuple[dict[str, Edited], Diagnosis]:
    """Mend the texts of one record, diagnosed together, for each is evidence for the others. One text alone becomes
    what :func:`zsparkcrawl.repair` or :func:`zsparkcrawl.clean.clean_text` makes of it.

    >>> mended, diagnosis = mend({"title": "產(chǎn)業(yè)園區(qū)發(fā)展", "body": "國際合作"}, "repair")
    >>> [each.text for each in mended.values()], diagnosis.script
    (['产业园区发展', '国际合作'], 'turned')
    """
    begun = {name: reread_misread(Edited(text), Diagnosis()) for name, text in texts.items()}
    diagnosis = diagnose(*(each.text for each in begun.values()))
    return {name: _mended(each, diagnosis, mending) for name, each in begun.items()}, diagnosis


def _mended(edited: Edited, diagnosis: Diagnosis, mending: Mending) -> Edited:
    if mending == "repair" and edited.text.isascii():
        return remove_invisible(edited, diagnosis)
    for rule in RULES[1:]:  # misread text was read again already, for the diagnosis
        edited = rule(edited, diagnosis)
    return cut_all(edited, diagnosis) if mending == "clean" else edited


def texts_of(record: Mapping[str, Any], fields: Sequence[str]) -> dict[str, str]:
    """The texts of a record's fields; of several fields some may be null or missing. Raises UnfitError.

    >>> texts_of({"text": "园区", "id": 7}, ["text"])
    {'text': '园区'}
    >>> texts_of({"id": 7}, ["text"])
    Traceback (most recent call last):
    zsparkcrawl.bulk.faults.UnfitError: it has no "text"
    """
    texts: dict[str, str] = {}
    for name in fields:
        text = record.get(name)
        if isinstance(text, str):
            if len(text) > MOST_TEXT:
                raise UnfitError(f'its "{name}" has {len(text)} characters, more than {MOST_TEXT}')
            texts[name] = text
        elif text is not None:
            raise UnfitError(f'its "{name}" is no text')
    if not texts:
        raise UnfitError("it has no " + " and no ".join(f'"{name}"' for name in fields))
    return texts


def on_record(edited: Mapping[str, Edited], fields: Sequence[str]) -> dict[str, Any]:
    """What a mended record has besides its texts: "edits", and "damaged" where something is left damaged. Of one field
    each is a list; of several it is an object that has, by field, those lists that are not empty.

    >>> mended, _ = mend({"text": "園區(qū)"}, "repair")
    >>> [(edit["rule"], edit["start"], edit["before"]) for edit in on_record(mended, ["text"])["edits"]]
    [('annotations', 2, '(qū)'), ('simplified', 0, '園區')]
    """
    edits = {name: plain(each.edits) for name, each in edited.items() if each.edits}
    damaged = {name: plain(each.damaged) for name, each in edited.items() if each.damaged}
    if len(fields) > 1:
        return {"edits": edits, **({"damaged": damaged} if damaged else {})}
    return {"edits": edits.get(fields[0], []), **({"damaged": damaged[fields[0]]} if damaged else {})}
