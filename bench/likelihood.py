"""Does the likelihood model tell Chinese from the same text read one byte off? How fast is it?

    python bench/likelihood.py FILE.jsonl …     each line {"text": …}: prose the model was not built from

Prints the size of the data, the time to load it in fresh processes, look-ups a second, and for each file:
bits a character of the text and of its shifted reading (Simplified, and turned Traditional first as the
rewriting tool does; readings are turned Simplified before they are judged), the share of short stretches
whose right reading is the likelier one, and of lost lead bytes that are found again.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import opencc

from zsparkcrawl.chinese import likelihood

TO_TRADITIONAL, TO_SIMPLIFIED = opencc.OpenCC("s2t"), opencc.OpenCC("t2s")
LENGTHS = (2, 3, 4, 6)
LONG = 40


def load_times(rounds: int = 7) -> list[float]:
    """Milliseconds to load the model (read, decompress, unpack), each in a fresh process."""
    program = (
        "import time; from zsparkcrawl.chinese.likelihood import model;"
        "start = time.perf_counter(); model();"
        "print((time.perf_counter() - start) * 1000)"
    )
    run = [sys.executable, "-c", program]
    outputs = [subprocess.run(run, capture_output=True, text=True, check=True).stdout for _ in range(rounds)]
    return [float(output) for output in outputs]


def shifted(text: str, whole: bool = False) -> str | None:
    """The text's GBK bytes read from the second one on, in pairs.

    What GBK does not assign, or is no pair, is left out; with `whole` the answer is None then.
    """
    try:
        data = text.encode("gbk")[1:-1]
    except UnicodeEncodeError:
        return None
    read = [data[i : i + 2].decode("gbk", "ignore") for i in range(0, len(data) - 1, 2)]
    return None if whole and not all(len(c) == 1 and c > "\x7f" for c in read) else "".join(read)


def stretches(texts: list[str], length: int, count: int) -> list[tuple[str, str]]:
    """Stretches of Chinese characters, one longer than `length`, each with the two characters before."""
    rng = random.Random(length)
    found: list[tuple[str, str]] = []
    while len(found) < count:
        text = rng.choice(texts)
        start = rng.randrange(max(1, len(text) - length))
        part = text[start : start + length + 1]
        if re.fullmatch(f"[\u3400-\u9fff]{{{length + 1}}}", part):
            found.append((part, text[max(0, start - 2) : start]))
    return found


def discriminate(texts: list[str], length: int, count: int = 8000) -> dict[str, float]:
    """Share of stretches whose right reading costs less than the shifted one, without and with context.

    Only stretches whose shifted reading is made of characters throughout: the others give themselves away.
    """
    model = likelihood.model()
    wins: dict[str, list[bool]] = {}
    for part, before in stretches(texts, length, count):
        for script, convert in (("simplified", str), ("traditional", TO_TRADITIONAL.convert)):
            wrong = shifted(convert(part), whole=True)
            if wrong is None or len(wrong) != length:
                continue
            wrong = TO_SIMPLIFIED.convert(wrong)
            for name, context in ((script, ""), (f"{script}, context", before)):
                won = model.text_cost(part[:length], context) < model.text_cost(wrong, context)
                wins.setdefault(name, []).append(won)
    return {name: sum(won) / len(won) for name, won in sorted(wins.items())}


def lost_leads(texts: list[str], count: int = 2000) -> float:
    """Share of characters found again when the lead byte is lost: 126 candidates, two characters on each side."""
    model = likelihood.model()
    right = 0
    for part, before in stretches(texts, 3, count):
        trail = TO_TRADITIONAL.convert(part[0]).encode("gbk", "replace")[-1:]
        read = (bytes([lead]) + trail for lead in range(0x81, 0xFF))
        rivals = {TO_SIMPLIFIED.convert(c) for c in (pair.decode("gbk", "ignore") for pair in read) if len(c) == 1}
        costs = {c: model.text_cost(c + part[1:3], before) for c in sorted(rivals)}
        right += min(costs, key=lambda c: costs[c]) == part[0]
    return right / count


def speed(texts: list[str]) -> dict[str, float]:
    """Look-ups a second: characters with one and with two before them, in random order; running text."""
    model = likelihood.model()
    text = "".join(texts)[:100_000]
    order = list(range(2, len(text)))
    random.Random(0).shuffle(order)
    figures = {}
    for name, length in (("cost, one before", 1), ("cost, two before", 2)):
        questions = [(text[i], text[i - length : i]) for i in order]
        start = time.perf_counter()
        for character, context in questions:
            model.cost(character, context)
        figures[name] = len(questions) / (time.perf_counter() - start)
    start = time.perf_counter()
    model.text_cost(text)
    figures["text_cost"] = len(text) / (time.perf_counter() - start)
    return figures


def report(path: Path) -> None:
    """Print the figures of one file."""
    model = likelihood.model()
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    print(f"\n{path.name}: {len(texts):,} texts, {sum(map(len, texts)):,} characters")
    print(f"  bits a character: {sum(map(model.text_cost, texts)) / sum(map(len, texts)):.3f}")
    # ASCII would bring the bytes back into step
    runs = [run for text in texts for run in re.findall(rf"[^\x00-\x7f]{{{LONG},}}", text)]
    rng = random.Random(LONG)
    starts = [(run, rng.randrange(len(run) - LONG + 1)) for run in rng.sample(runs, min(2000, len(runs)))]
    parts = [run[start : start + LONG] for run, start in starts]
    for name, convert in (("simplified", str), ("traditional", TO_TRADITIONAL.convert)):
        both = [(part, TO_SIMPLIFIED.convert(off)) for part in parts if (off := shifted(convert(part)))]
        right = [model.per_character(part) for part, _ in both]
        wrong = [model.per_character(part) for _, part in both]
        won = sum(r < w for r, w in zip(right, wrong, strict=True)) / len(both)
        print(
            f"  {LONG} characters, {name}: right {statistics.mean(right):.2f}"
            f" (99 %: {statistics.quantiles(right, n=100)[98]:.2f}), shifted {statistics.mean(wrong):.2f}"
            f" (1 %: {statistics.quantiles(wrong, n=100)[0]:.2f}), right wins {won:.4f}"
        )
    print(f"  a lost lead byte found again: {lost_leads(texts):.4f}")
    for length in LENGTHS:
        shares = discriminate(texts, length)
        print(f"  {length} characters: " + ", ".join(f"{name} {share:.4f}" for name, share in shares.items()))


def main(paths: list[str]) -> None:
    """Print everything."""
    data = Path(likelihood.__file__).with_name("likelihood.bin")
    times = load_times()
    print(f"data {data.stat().st_size:,} bytes; load {statistics.median(times):.0f} ms", end=" ")
    print(f"(least {min(times):.0f}, most {max(times):.0f})")
    for number, path in enumerate(map(Path, paths)):
        if not number:
            lines = path.read_text(encoding="utf-8").splitlines()
            rates = speed([json.loads(line)["text"] for line in lines])
            print("look-ups a second: " + ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items()))
        report(path)


if __name__ == "__main__":
    main(sys.argv[1:])
