"""`make fuzz`: clean files of every feed, damaged at random, each on the whole road to its decision.

No file may raise, end its reader, be refused without a finding, or be read differently the second time. A file is made
from the seed and its number alone, so `--only NUMBER` makes the same one again.
"""

import io
import random
import re
import sys
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click

from impact.checking.guard import FileToRead, read_files
from impact.checking.personal import Look, personal_findings
from impact.checking.reading import read_table
from impact.definition import feeds
from impact.home import Home
from impact.intake.deciding import Decided, decide_drops, known_by
from impact.intake.landing import Arrival, make_drop
from impact.periods import london_date
from tests.unit.checking.small import csv_bytes
from tests.unit.checking.test_workbook import with_shared_strings
from tests.unit.intake.drops import FEEDS, NOW, all_known, book_of, csv_of, table_rows

BATCH = 1_000
_AGAIN = 20
"""One file in so many is read a second time."""
_COVER = {"Organisation": "M001", "Prepared by": "Finance officer", "Nil return": "no"}

_NASTY = (
    *("", " ", "-1", "0", "1", "007", "1048577", "99999999999999999999", "1e999", "-1e308", "NaN", "Infinity", "0x10"),
    *("s", "str", "b", "e", "d", "n", "inlineStr", "true", "hidden", "veryHidden", "A0", "A1048577", "XFE1", "ZZZZ1"),
    *("1:1", "A1:XFD1048576", "a b", "../../x", "#REF!", "#N/A", "=1+1", "&#0;", "&#xFFFF;", "&a;", "\u0663"),
    *("x" * 40_000, "9" * 400, "1,234", "1.234,5", "£5", "5%", "31/03/2026", "2026-02-30", "Sep-26", "[c]", "Total"),
)  # fmt: skip
_PIECES = ("<", ">", "</c>", "<c>", "<![CDATA[", "]]>", "<!--", "<?x?>", "<!DOCTYPE x>", "&", "\0", "<a>" * 3000)
_ATTRIBUTE = r' [\w:]+="[^"]*"'
_LEAF = r"<[\w:]+[^<>]*?(?:/>|>[^<>]*</[\w:]+>)"


@dataclass(frozen=True)
class Made:
    """A damaged file: which it is, for which feed, and its bytes."""

    number: int
    feed: str
    data: bytes


@dataclass(frozen=True)
class Fuzzed:
    """What came of a run: decisions by how many, rules likewise, and what must not be, in words."""

    files: int
    decisions: Mapping[str, int]
    rules: Mapping[str, int]
    faults: Sequence[str]


def made(seed: int, number: int) -> Made:
    chance = random.Random(f"{seed}/{number}")
    feed = FEEDS[number % len(FEEDS)]
    kind = chance.choice(("csv", "csv_cells", "book_bytes", "part", "part", "part", "package"))
    if kind == "csv":
        data = _bytes_damaged(chance, csv_of(feed))
    elif kind == "csv_cells":
        data = _cells_damaged(chance, feed)
    elif kind == "book_bytes":
        data = _bytes_damaged(chance, chance.choice(_books(feed)))
    elif kind == "package":
        data = _package_damaged(chance, feed)
    else:
        data = _part_damaged(chance, feed)
    return Made(number, feed, data)


@cache
def _books(feed: str) -> tuple[bytes, ...]:
    plain = book_of(feed, cover=_COVER)
    return plain, with_shared_strings(plain)


@cache
def _parts(feed: str, which: int) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_books(feed)[which])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- damage


def _bytes_damaged(chance: random.Random, data: bytes) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        place, length = chance.randrange(len(damaged) + 1), chance.choice((1, 1, 2, 8, 64))
        match chance.randrange(6):
            case 0:
                damaged[place : place + length] = b""
            case 1:
                damaged[place:place] = damaged[chance.randrange(len(damaged) + 1) :][:length]
            case 2:
                damaged[place:place] = chance.choice((b'"', b",", b";", b"\t", b"\n", b"\r", b"\0", b"\xff"))
            case 3:
                damaged[place : place + length] = chance.randbytes(length)
            case 4:
                damaged[place : place + 1] = bytes([chance.randrange(256)])
            case 5:
                del damaged[place + chance.choice((0, 10, 1000)) :]
    return bytes(damaged)


def _cells_damaged(chance: random.Random, feed: str) -> bytes:
    rows = [list(row) for row in table_rows(feed)]
    for _ in range(chance.choice((1, 1, 2, 4))):
        row = chance.randrange(len(rows))
        match chance.randrange(7):
            case 0 | 1 | 2:
                rows[row][chance.randrange(len(rows[row]))] = chance.choice(_NASTY)
            case 3:
                rows.insert(chance.randrange(len(rows) + 1), list(rows[row]))
            case 4 if len(rows) > 1:
                del rows[row]
            case 5:
                place = chance.randrange(max(map(len, rows)))
                rows = [[*cells[:place], chance.choice(_NASTY), *cells[place:]] for cells in rows]
            case _:
                rows.insert(row, [chance.choice(_NASTY)] * chance.choice((1, 3, 300)))
    data = csv_bytes(rows, chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")))
    return data.replace(b",", chance.choice((b",", b",", b",", b";", b"\t")))


def _part_damaged(chance: random.Random, feed: str) -> bytes:
    """Some attributes, elements and texts of one part, or of several, are not what they should be."""
    parts = dict(_parts(feed, chance.randrange(2)))
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
        text = parts[name].decode("utf-8", "replace")
        parts[name] = chance.choice(_XML_DAMAGE)(chance, text).encode("utf-8", "replace")
    return _zipped(parts.items())


def _attribute(chance: random.Random, text: str) -> str:
    def value(old: str) -> str:
        return chance.choice((chance.choice(_NASTY), chance.choice(re.findall(r'="([^"]*)"', text) or [""]), old * 2))

    return _replaced(chance, text, _ATTRIBUTE, lambda found: f'{found.split("=", 1)[0]}="{value(found)[:50_000]}"')


def _attribute_gone(chance: random.Random, text: str) -> str:
    return _replaced(chance, text, _ATTRIBUTE, lambda found: chance.choice(("", found * 2, found.replace('"', ""))))


def _attribute_more(chance: random.Random, text: str) -> str:
    more = chance.choice(("r", "t", "s", "hidden", "min", "max", "ref", "spans", "r:id", "state", "xmlns", "xml:space"))
    return _replaced(chance, text, r"<[\w:]+", lambda found: f'{found} {more}="{chance.choice(_NASTY)}"')


def _element(chance: random.Random, text: str) -> str:
    return _replaced(chance, text, _LEAF, lambda found: chance.choice(("", found * 2, found * 500)))


def _tag(chance: random.Random, text: str) -> str:
    names = re.findall(r"<([\w:]+)", text) or ["x"]
    old, new = chance.choice(names), chance.choice((*names, "x", "row", "c", "v", "f", "is", "t", "sheetData"))
    count = chance.choice((1, 10_000))
    return text.replace(f"<{old}", f"<{new}", count).replace(f"</{old}", f"</{new}", count)


def _words(chance: random.Random, text: str) -> str:
    return _replaced(chance, text, r">[^<>]+<", lambda _: f">{chance.choice(_NASTY)}<")


def _markup(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(_PIECES) + text[place:]


def _cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)] if chance.random() < 0.5 else text[chance.randrange(len(text) + 1) :]


_XML_DAMAGE: tuple[Callable[[random.Random, str], str], ...] = (
    *(_attribute, _attribute, _attribute_gone, _attribute_more),
    *(_element, _tag, _words, _words, _markup, _cut),
)


def _replaced(chance: random.Random, text: str, pattern: str, new: Callable[[str], str]) -> str:
    """One of the places where the pattern is found, or now and then each of some, written anew."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    some = chance.sample(found, min(len(found), chance.choice((1, 1, 1, 5))))
    for match in sorted(some, key=lambda one: -one.start()):
        text = text[: match.start()] + new(match[0]) + text[match.end() :]
    return text


def _package_damaged(chance: random.Random, feed: str) -> bytes:
    """Parts that are gone, twice there, swapped or called something else, and a directory that says something else."""
    parts = list(_parts(feed, chance.randrange(2)).items())
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    match chance.randrange(7):
        case 0:
            del parts[one]
        case 1:
            parts.append((parts[one][0], parts[other][1]))
        case 2:
            parts[one], parts[other] = (parts[one][0], parts[other][1]), (parts[other][0], parts[one][1])
        case 3:
            names = ("xl/vbaProject.bin", "xl/Workbook.xml", "/xl/workbook.xml", "xl\\workbook.xml", "", "x" * 5_000)
            parts[one] = (chance.choice(names), parts[one][1])
        case 4:
            parts[one] = (parts[one][0], b"" if chance.random() < 0.5 else parts[one][1] * 2)
        case 5:
            parts[one] = (parts[one][0], parts[one][1].decode("utf-8", "replace").encode("utf-16"))
        case _:
            data = bytearray(_zipped(parts))
            start = data.find(b"PK\x01\x02")
            for _ in range(chance.choice((1, 2, 4))):
                data[chance.randrange(start, len(data))] = chance.randrange(256)
            return bytes(data)
    return _zipped(parts)


def _zipped(parts: object) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # a name may be there twice, on purpose
        for name, data in parts:  # type: ignore[attr-defined]
            archive.writestr(zipfile.ZipInfo(name), data, compresslevel=1)
    return out.getvalue()


# --- the road


def decided(files: Sequence[Made]) -> list[Decided]:
    """The decision on each file, as an intake would come to it; nothing is written."""
    drops = [make_drop(Arrival("M001", one.feed, "2026-Q1", Path(f"{one.number}.bin")), one.data) for one in files]
    fresh = {drop.id: drop for drop in drops}
    by_id = {
        one.drop.id: one
        for one in decide_drops(Home(Path("no home")), list(fresh.values()), known_by(all_known(), NOW), "s", {})
    }
    return [by_id[drop.id] for drop in drops]


def faults_of(file: Made, decision: Decided) -> Iterator[str]:
    """What must not be."""
    receipt = decision.receipt
    if receipt.decision != "accepted" and not any(one.severity != "for_information" for one in receipt.findings):
        yield f"{receipt.decision} without a finding"
    if receipt.decision == "accepted" and any(one.severity != "for_information" for one in receipt.findings):
        yield "accepted with a finding"
    if receipt.rows_in != receipt.rows_kept + receipt.rows_refused or len(decision.rows) != receipt.rows_kept:
        yield "rows that are neither kept nor refused"
    if not all(finding.message and finding.fix for finding in receipt.findings):
        yield "a finding without words"
    if any(finding.rule == "too_much_to_read" for finding in receipt.findings):
        # Its reader died: of what it cost, or of what should not be?
        try:
            definition = feeds()[file.feed]
            reading = read_table(file.data, definition)
            personal_findings(definition, reading, file.data, {}, Look(frozenset(), london_date(NOW)))
        except MemoryError:
            pass
        except Exception as fault:  # whatever it is
            yield f"it raises {type(fault).__name__}: {fault}"
    if file.number % _AGAIN == 0:
        again = [read_files([FileToRead(file.data, feeds()[file.feed])])[0] for _ in range(2)]
        if again[0] != again[1]:
            yield "read differently the second time"


def fuzz(seed: int, count: int, seconds: float = float("inf"), say: Callable[[str], object] = lambda _: None) -> Fuzzed:
    """Damage and decide files until there are `count`, or `seconds` are over."""
    started = time.monotonic()
    decisions: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    faults: list[str] = []
    number = 0
    while number < count and time.monotonic() - started < seconds:
        batch = [made(seed, place) for place in range(number, min(number + BATCH, count))]
        number += len(batch)
        try:
            decisions_of = decided(batch)
        except Exception as fault:  # which of them it was, one by one
            alone = [f"{one.number}: {fault!r}" for one in batch if _raises(one)]
            faults += alone or [f"{number}: in a batch: {fault!r}"]
            continue
        for one, decision in zip(batch, decisions_of, strict=True):
            decisions[decision.receipt.decision] += 1
            rules.update({finding.rule for finding in decision.receipt.findings})
            faults += [f"{one.number}: {what}" for what in faults_of(one, decision)]
        say(f"{number} files, {time.monotonic() - started:.0f} s, {len(faults)} faults")
    return Fuzzed(number, decisions, rules, faults)


def _raises(one: Made) -> bool:
    try:
        decided([one])
    except Exception:
        return True
    return False


@click.command()
@click.option("--seed", default=1)
@click.option("--count", default=1_000_000)
@click.option("--seconds", default=300.0)
@click.option("--only", type=int, help="Write one of the files to standard output, and nothing else.")
def main(seed: int, count: int, seconds: float, only: int | None) -> None:
    """Damage files and hold what becomes of them against what must not be."""
    if only is not None:
        sys.stdout.buffer.write(made(seed, only).data)
        return
    fuzzed = fuzz(seed, count, seconds, lambda line: click.echo(line, err=True))
    for fault in fuzzed.faults:
        click.echo(fault)
    click.echo(f"{fuzzed.files} files; {dict(fuzzed.decisions)}; {len(fuzzed.rules)} rules: {dict(fuzzed.rules)}")
    sys.exit(1 if fuzzed.faults else 0)


if __name__ == "__main__":
    main()
