"""What is not right in the demo: drops with a fault, returns that are not sent, returns that are corrected later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from impact.demo.savings import VERIFIER
from impact.demo.staff import COLUMNS as STAFF_COLUMNS
from impact.demo.staff import NUMBERS as STAFF_NUMBERS
from impact.demo.workbook import workbook

Row = dict[str, str]
"""A row by column."""


@dataclass(frozen=True)
class Fault:
    """A drop of the demo that is not right: which, in what way, what must become of it, and a rule that says so.

    `spoil` makes it from the rows of the clean one: other rows, or bytes that are none. `cover` is what its cover says.
    """

    code: str
    feed: str
    period: str
    what: str
    decision: str
    rule: str
    spoil: Callable[[list[Row]], list[Row] | bytes]
    ending: str = ".csv"
    cover: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Correction:
    """A return for CORRECTED_PERIOD that is sent again, mended, in the second stage."""

    code: str
    feed: str
    reason: str
    mend: Callable[[list[Row]], list[Row]]


CORRECTED_PERIOD = "2026-Q1"
"""Locked by the second stage; the register reopens it for those who correct it."""

EXEMPT = ("M052", "staff_survey", "2026-Q2")
EXTENDED = ("M064", "savings", "2026-Q2")
"""The two returns that need not come yet: one is not owed, one is due later. Neither is sent."""

NOT_SENT = frozenset(
    {
        ("M005", "sickness_absence", "2026-Q2"),
        ("M033", "sickness_absence", "2026-Q2"),
        ("I166", "sickness_absence", "2026-Q2"),
        ("M017", "staff_survey", "2026-Q2"),
        ("M071", "staff_survey", "2026-Q2"),
        ("O203", "staff_survey", "2026-Q2"),
        ("M005", "service_user_survey", "2026-Q2"),
        ("M102", "service_user_survey", "2026-Q2"),
        ("M119", "savings", "2026-Q2"),
        ("I182", "savings", "2026-Q2"),
        EXEMPT,
        EXTENDED,
    }
)
"""Ten returns that are overdue, and the two that need not come yet."""


def faults() -> list[Fault]:
    """Fifteen drops that are not right, each in a way of its own. Two of them only look odd beside what came before."""
    absence, staff, users, savings = "sickness_absence", "staff_survey", "service_user_survey", "savings"
    first, second = "2026-Q1", "2026-Q2"
    return [
        Fault("M003", absence, first, "words for a figure", "refused", "fte_days_lost_readable", _words),
        Fault("M021", absence, second, "two columns swapped", "refused", "lost_within_available", _swapped),
        Fault("M040", absence, second, "a group of six people", "refused", "no_small_group", _small_group),
        Fault("O200", absence, second, "far more absence than usual", "held", "rate_usual", _much_absence),
        Fault("M010", staff, first, "a column left out", "refused", "missing_column", _column_left_out),
        Fault("M059", staff, second, "scores that cannot be", "refused", "squares_not_too_small", _impossible_scores),
        Fault("I155", staff, second, "a damaged workbook", "unreadable", "damaged_workbook", _damaged, ".xlsx"),
        Fault("I160", users, second, "the quarter before", "refused", "month_in_period", _quarter_before),
        Fault("I157", users, second, "the scale turned round", "held", "scale_kept", _turned_round),
        Fault("M028", users, second, "a total that does not add up", "refused", "answers_add_up", _wrong_total),
        Fault("M077", users, first, "a service that nobody knows", "refused", "service_known", _unknown_service),
        Fault("I153", savings, second, "a saving that is gone", "held", "savings_still_there", _one_gone),
        Fault("M014", savings, second, "a PDF named .csv", "unreadable", "not_text", _pdf),
        Fault("M092", savings, second, "a contract that nobody knows", "refused", "contract_known", _unknown_contract),
        Fault(
            *("M105", savings, second, "verified by who prepared it", "refused", "verifier_is_another", _same),
            cover={"prepared_by": VERIFIER},
        ),
    ]


def corrections() -> list[Correction]:
    """Five returns that are corrected. None of them has staff groups or ways of asking."""
    return [
        Correction("M011", "sickness_absence", "Sick notes that came late", _more_absence),
        Correction("M047", "sickness_absence", "Sick notes that came late", _more_absence),
        Correction("M032", "staff_survey", "Two people on leave had been left out", _more_eligible),
        Correction("M084", "service_user_survey", "Two answers on paper had been left out", _more_answers),
        Correction("M038", "savings", "An invoice had been counted twice", _more_saved),
    ]


def _words(rows: list[Row]) -> list[Row]:
    rows[1]["fte_days_lost"] = "n/a"
    rows[2]["headcount"] = "about 300"
    return rows


def _swapped(rows: list[Row]) -> list[Row]:
    for row in rows:
        row["fte_days_lost"], row["fte_days_available"] = row["fte_days_available"], row["fte_days_lost"]
    return rows


def _small_group(rows: list[Row]) -> list[Row]:
    """Of the smallest group all but six people are counted in the largest, so that everything still adds up."""
    for month in dict.fromkeys(row["month"] for row in rows):
        _, largest, *_, smallest = (row for row in rows if row["month"] == month)
        share = 6 / int(smallest["headcount"])
        for column in ("fte_days_lost", "fte_days_available", "fte_start", "fte_end", "long_term_days_lost"):
            places = 1 if column.startswith("fte_") and column[4:] in ("start", "end") else 2
            kept = round(float(smallest[column] or 0) * share, places)
            largest[column] = f"{float(largest[column] or 0) + float(smallest[column] or 0) - kept:.{places}f}"
            smallest[column] = f"{kept:.{places}f}"
        largest["headcount"] = str(int(largest["headcount"]) + int(smallest["headcount"]) - 6)
        smallest["headcount"] = "6"
    return rows


def _much_absence(rows: list[Row]) -> list[Row]:
    rows[-1]["fte_days_lost"] = f"{float(rows[-1]['fte_days_available']) * 0.31:.2f}"
    return rows


def _column_left_out(rows: list[Row]) -> list[Row]:
    return [{column: value for column, value in row.items() if column != "eligible_staff"} for row in rows]


def _impossible_scores(rows: list[Row]) -> list[Row]:
    """More than ten people's scores can come to, squared, were they all alike: the squares are those of the means."""
    for row in rows:
        if row["score_sum"]:
            row["score_sum_of_squares"] = f"{float(row['score_sum']) ** 2 / int(row['n_scored']) / 10:.2f}"
    return rows


def _damaged(rows: list[Row]) -> bytes:
    """Some of the bytes in the middle are lost."""
    data = workbook("staff_survey", STAFF_COLUMNS, STAFF_NUMBERS, [list(row.values()) for row in rows], {})
    middle = len(data) // 2
    return data[:middle] + bytes(64) + data[middle + 64 :]


def _quarter_before(rows: list[Row]) -> list[Row]:
    before = {"2026-04": "2026-01", "2026-05": "2026-02", "2026-06": "2026-03"}
    return [row | {"month": before[row["month"]]} for row in rows]


def _turned_round(rows: list[Row]) -> list[Row]:
    other = {"n_very_good": "n_very_poor", "n_good": "n_poor", "n_poor": "n_good", "n_very_poor": "n_very_good"}
    return [row | {column: row[turned] for column, turned in other.items()} for row in rows]


def _one_gone(rows: list[Row]) -> list[Row]:
    return rows[1:]


def _wrong_total(rows: list[Row]) -> list[Row]:
    rows[0]["n_total"] = str(int(rows[0]["n_total"]) + 10)
    return rows


def _unknown_service(rows: list[Row]) -> list[Row]:
    return [row | {"service_code": "S99"} if row["service_code"] == "S01" else row for row in rows]


def _pdf(_rows: list[Row]) -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def _unknown_contract(rows: list[Row]) -> list[Row]:
    return [row | {"contract_code": "K999"} for row in rows]


def _same(rows: list[Row]) -> list[Row]:
    return rows


def _more_absence(rows: list[Row]) -> list[Row]:
    rows[1]["fte_days_lost"] = f"{float(rows[1]['fte_days_lost']) * 1.02:.2f}"
    return rows


def _more_eligible(rows: list[Row]) -> list[Row]:
    return [row | {"eligible_staff": str(int(row["eligible_staff"]) + 2)} for row in rows]


def _more_answers(rows: list[Row]) -> list[Row]:
    last = rows[-1]
    return rows[:-1] + [last | {name: str(int(last[name]) + 2) for name in ("n_good", "n_total")}]


def _more_saved(rows: list[Row]) -> list[Row]:
    return [
        row | {"actual_to_date_gbp": f"{float(row['actual_to_date_gbp']) + float(row['planned_gbp']) / 100:.2f}"}
        if float(row["actual_to_date_gbp"]) > 0
        else row
        for row in rows
    ]
