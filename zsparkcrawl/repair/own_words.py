"""What a page says elsewhere: a name or a word that stands on it once is likelier to stand on it again."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2

__all__ = ["OwnWords"]

_OWN_CHARACTERS = 0.3
_OWN_WORDS = {2: (0.4, 0.8), 3: (0.5, 0.5)}
"""How far the page's own characters and runs of two and three count beside the model: the weight, and what is taken
off the times that a run was seen (what was seen once need not come again)."""


class OwnWords:
    """The runs of one to three characters of a page, as shares by which they come again.

    >>> from zsparkcrawl.chinese.diagnosis import diagnose
    >>> words = OwnWords(diagnose("產(chǎn)業(yè)園區(qū)里的產(chǎn)業(yè)").runs)
    >>> words.with_share(9.0, "业", "的产") < 9.0 == words.with_share(9.0, "馆", "的产")
    True
    """

    def __init__(self, runs: Mapping[str, int]) -> None:
        length = 1 + sum(times for run, times in runs.items() if len(run) == 1)
        self._alone = {run: _OWN_CHARACTERS * times / length for run, times in runs.items() if len(run) == 1}
        self._behind: dict[str, float] = {}
        for run, times in runs.items():
            if len(run) in _OWN_WORDS:
                weight, doubt = _OWN_WORDS[len(run)]
                self._behind[run] = weight * (times - doubt) / (runs[run[:-1]] + 1)

    def with_share(self, bits: float, char: str, context: str) -> float:
        """Bits of a character behind others, given its bits by the model."""
        share = self._alone.get(char)
        if share is None:
            return bits
        behind = self._behind.get
        return -log2(2**-bits + share + behind(context[-1:] + char, 0.0) + behind(context + char, 0.0))
