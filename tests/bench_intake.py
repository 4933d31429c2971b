"""`make bench-intake`: how long it takes to decide on drops, and what of it goes where.

Each drop is a register of 200 savings of one organisation, every other one a workbook. A tenth have a fault, so that
finding places and marking them is in the time. Read the ratios within one run: machines differ and are busy.
"""

import io
import resource
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from impact.checking.workbook import ZIPPED
from impact.home import Home
from impact.intake import deciding, intake
from tests.journeys.homes import NOW, REGISTER, new_home
from tests.unit.checking.small import clean
from tests.unit.intake.drops import book_of, csv_of

COUNTS = (600, 6000)
ROWS, FAULTY_OF = 200, 10
READ = "read meanwhile"
PARTS: dict[str, tuple[Any, str]] = {
    READ: (intake, "read_drops"),
    "check": (deciding, "check_tables"),
    "keep": (intake, "commit"),
    "answer and clear": (intake, "_answer"),
}


def sent_home(root: Path, count: int) -> Home:
    """A home in whose inboxes so many drops wait."""
    codes = [f"M{number:05}" for number in range(count)]
    organisations = [f"{code},Organisation {code},mutual,adult_social_care,no" for code in codes]
    head = REGISTER["organisations"].split("\n")[0]
    files = {name: text.split("\n")[0] + "\n" for name, text in REGISTER.items()}
    home = new_home(root, {**files, "organisations": "\n".join([head, *organisations, ""])})
    row = {**clean("savings")[0], "contract_code": "", "service_code": "ALL", "organisation_code": codes[0]}
    rows = [{**row, "saving_id": f"S{number}"} for number in range(ROWS)]
    faulty = [*rows[:7], {**rows[7], "stage": "soon"}, *rows[8:]]
    made = {
        (is_faulty, ending): make("savings", faulty if is_faulty else rows)
        for ending, make in ((".csv", csv_of), (".xlsx", book_of))
        for is_faulty in (True, False)
    }
    for place, code in enumerate(codes):
        ending = (".xlsx", ".csv")[place % 2]
        inbox = home.landing / code / "inbox" / "savings" / "2026-Q1"
        inbox.mkdir(parents=True)
        data = made[place % FAULTY_OF in (0, 1) and place % (2 * FAULTY_OF) < 2, ending]
        (inbox / f"savings{ending}").write_bytes(of_another(data, codes[0], code))
    return home


def of_another(data: bytes, code: str, other: str) -> bytes:
    """The file with another organisation's code in it: a workbook as Excel writes it keeps each text once."""
    if not data.startswith(ZIPPED):
        return data.replace(code.encode(), other.encode())
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for part in read.infolist():
            written.writestr(part.filename, read.read(part.filename).replace(code.encode(), other.encode()))
    return out.getvalue()


def timed(name: str, seconds: dict[str, float], function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds[name] += time.perf_counter() - started

    return run


@click.command()
@click.option("--counts", default=",".join(map(str, COUNTS)), show_default=True, help="How many drops, one run each.")
def main(counts: str) -> None:
    """Decide on so many drops, and print the seconds."""
    import great_expectations  # noqa: F401  (what importing it costs is not the drops')

    click.echo(
        f"| drops | {' | '.join(PARTS)} | waiting, and the rest | seconds in all | milliseconds a drop | refused | MB |"
    )
    click.echo("|---:|" + "---:|" * (len(PARTS) + 5))
    for count in map(int, counts.split(",")):
        seconds: dict[str, float] = defaultdict(float)
        kept = {name: getattr(module, function) for name, (module, function) in PARTS.items()}
        for name, (module, function) in PARTS.items():
            setattr(module, function, timed(name, seconds, kept[name]))
        try:
            with tempfile.TemporaryDirectory() as folder:
                home = sent_home(Path(folder) / "home", count)
                started = time.perf_counter()
                taken = intake.take_drops(home, NOW, wait_until_settled=False)
                whole = time.perf_counter() - started
        finally:
            for name, (module, function) in PARTS.items():
                setattr(module, function, kept[name])
        refused = sum(receipt.decision != "accepted" for receipt in taken.receipts)
        parts = [*(seconds[name] for name in PARTS), whole - sum(seconds[name] for name in PARTS if name != READ)]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        click.echo(
            f"| {len(taken.receipts)} | {' | '.join(f'{part:.1f}' for part in parts)} | {whole:.1f} "
            f"| {1000 * whole / count:.1f} | {refused} | {memory:.0f} |"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
