"""What of the figures of an audience is otherwise than in the publication that it had before, and because of what.

Only the printed texts of both are compared, as they stand in the data files: a figure counts as changed where this very
audience was shown a number before and is shown another one now. What is withheld in either gives away nothing here.
What is said of a difference belongs in `notices`.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from impact.definition import feeds
from impact.indicators import indicators

Reach = Literal["own", "others"]
"""Whether a figure rests on what one organisation sent, or on what others sent as well."""
Cause = Literal["correction", "late", "software", "settings", "register", "day"]
"""Why a figure changed: a receipt that corrects another, one that came since, or what is not of one receipt. `day`:
none of these, so that it can only be the day as at which it was made, such as a later vintage of prices."""


@dataclass(frozen=True)
class Change:
    """A figure that is another one now. `what` is which figure of its row: `value`, `median` and so on."""

    file: str
    key: tuple[str, ...]
    what: str
    reach: Reach
    row: Mapping[str, str]
    before: Decimal
    after: Decimal
    cause: Cause

    @property
    def is_own(self) -> bool:
        return self.reach == "own"

    @property
    def topic(self) -> str:
        return _topic(self.row)

    @property
    def unit(self) -> str:
        return self.row.get("unit", "GBP")

    @property
    def amount(self) -> Decimal:
        """By how much, in the unit of the indicator; points for per cent."""
        return abs(self.after - self.before)

    @property
    def share(self) -> Decimal:
        """By how much, of the greater of the two: what changes of different units are set beside each other by."""
        return self.amount / max(abs(self.before), abs(self.after), Decimal("1e-9"))


@dataclass(frozen=True)
class Said:
    """A verdict that is another one now."""

    organisation_name: str
    indicator_name: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What is otherwise for one audience. `appeared` figures were none before, `gone` ones are none now: not reported,
    withheld, or of an organisation that was not, or is no longer, named here."""

    changes: tuple[Change, ...]
    verdicts: tuple[Said, ...]
    appeared: int
    gone: int

    @property
    def is_none(self) -> bool:
        return not (self.changes or self.verdicts or self.appeared or self.gone)


@dataclass(frozen=True)
class Otherwise:
    """A return that counts now and did not then; `corrects` where another one counted in its place."""

    sender: str
    feed: str
    period: str
    receipt: str
    corrects: str


@dataclass(frozen=True)
class Causes:
    """In what the inputs of two publications differ."""

    returns: tuple[Otherwise, ...] = ()
    is_register_other: bool = False
    is_settings_other: bool = False
    is_software_other: bool = False


@dataclass(frozen=True)
class _Figure:
    """A figure of a row. It goes with others (its limits, what it was divided by), and counts once with them."""

    column: str
    reach: Reach
    with_it: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Compared:
    key: tuple[str, ...]
    figures: tuple[_Figure, ...]


_OF_ORGANISATION = ("grain", "period_id", "indicator_id", "organisation_code", "basis")
_OWN = _Figure("value", "own", ("lower_95", "upper_95", "denominator"))

COMPARED = {
    "organisations.csv": _Compared(
        _OF_ORGANISATION,
        (
            _OWN,
            _Figure("peer_value", "others"),
            _Figure("peer_median", "others", ("peer_lower_quartile", "peer_upper_quartile")),
        ),
    ),
    # The quarter that is published stands among the organisations, too: there it is compared.
    "quarters.csv": _Compared(_OF_ORGANISATION, (_OWN,)),
    "over-time.csv": _Compared(
        ("indicator_id", "organisation_code", "basis", "point"),
        (_Figure("value", "own"),),
    ),
    "delivery-models.csv": _Compared(
        ("grain", "period_id", "indicator_id", "sector", "basis", "delivery_model"),
        (
            _Figure("value", "others", ("numerator", "denominator")),
            _Figure("value_with_unclassified", "others"),
            _Figure("median", "others", ("lower_quartile", "upper_quartile")),
        ),
    ),
    "areas-and-ownership.csv": _Compared(
        ("grain", "period_id", "indicator_id", "scope", "basis", "delivery_model"),
        (
            _Figure("value", "others", ("numerator", "denominator")),
            _Figure("value_with_unclassified", "others"),
            _Figure("median", "others", ("lower_quartile", "upper_quartile")),
        ),
    ),
    "effects.csv": _Compared(
        ("kind", "period_id", "indicator_id", "basis"), (_Figure("effect", "others", ("lower_95", "upper_95")),)
    ),
    "before-after.csv": _Compared(
        ("period_id", "indicator_id", "organisation_code", "basis"),
        (
            _Figure("before_value", "own"),
            _Figure("after_value", "own"),
            _Figure("effect", "others", ("difference", "comparator_difference", "lower_95", "upper_95")),
        ),
    ),
    "savings.csv": _Compared(
        ("grain", "period_id", "organisation_code", "type", "split", "part"), (_Figure("nominal", "own", ("real",)),)
    ),
    "present-values.csv": _Compared(
        ("period_id", "organisation_code", "benefit_to"),
        (_Figure("present_value", "own", ("nominal", "real", "verified")),),
    ),
}
"""The data files whose figures are compared, and by which columns a row is known again."""

NOT_COMPARED = frozenset({"returns.csv", "coverage.csv"})
"""The data files that hold no figure of what anybody reported."""

_TOPIC_OF_MONEY = "savings"
_NOT_JUDGED = frozenset({"[c]", "[x]", "[z]", "", "not compared"})


def difference(before: Mapping[str, bytes], after: Mapping[str, bytes], causes: Causes) -> Difference:
    """What is otherwise between the data files of two publications for the same audience, by their names."""
    earlier, later = _rows(before), _rows(after)
    changes: list[Change] = []
    appeared = gone = 0
    for at in sorted({*earlier, *later}):
        file, key = at
        was, now = earlier.get(at, {}), later.get(at, {})
        for figure in COMPARED[file].figures:
            old, new = _number(was.get(figure.column)), _number(now.get(figure.column))
            appeared += old is None and new is not None
            gone += old is not None and new is None
            if old is None or new is None:
                continue
            if old != new or any(_is_other(was, now, column) for column in figure.with_it):
                cause = _cause(causes, now, figure.reach)
                changes.append(Change(file, key, figure.column, figure.reach, now, old, new, cause))
    return Difference(tuple(changes), tuple(_verdicts(earlier, later)), appeared, gone)


def feeds_of(topic: str) -> frozenset[str]:
    """The feeds whose returns the figures of a topic rest on."""
    return frozenset(feed for one in indicators().values() if one["feeds"][0] == topic for feed in one["feeds"])


def touching(causes: Causes, topic: str, organisation_code: str = "") -> list[Otherwise]:
    """The returns on which the figures of a topic may have changed: of one organisation, or of any."""
    of_topic = feeds_of(topic)
    return [
        one
        for one in causes.returns
        if one.feed in of_topic
        # Official figures of all organisations come from one publisher.
        and (organisation_code in ("", one.sender) or feeds()[one.feed].source == "official")
    ]


def _cause(causes: Causes, row: Mapping[str, str], reach: Reach) -> Cause:
    """Returns first: other software or another register that changed nothing else did not change this."""
    found = touching(causes, _topic(row), row["organisation_code"] if reach == "own" else "")
    if any(one.corrects for one in found):
        return "correction"
    if found:
        return "late"
    if causes.is_software_other:
        return "software"
    if causes.is_settings_other:
        return "settings"
    return "register" if causes.is_register_other else "day"


def _topic(row: Mapping[str, str]) -> str:
    return row.get("topic", _TOPIC_OF_MONEY)


_Rows = Mapping[tuple[str, tuple[str, ...]], Mapping[str, str]]


def _rows(files: Mapping[str, bytes]) -> _Rows:
    """Every row that holds figures by its file and key."""
    found: dict[tuple[str, tuple[str, ...]], Mapping[str, str]] = {}
    for name, compared in COMPARED.items():
        for row in csv.DictReader(io.StringIO(files.get(name, b"").decode(), newline="")):
            # A file of before a column was there has no row that can be known again.
            key = tuple(row.get(column) or "" for column in compared.key)
            if name != "quarters.csv" or ("organisations.csv", key) not in found:
                found[name, key] = row
    return found


def _verdicts(earlier: _Rows, later: _Rows) -> Iterator[Said]:
    for at, now in sorted(later.items()):
        was, word = earlier.get(at, {}).get("verdict", ""), now.get("verdict", "")
        if was != word and was not in _NOT_JUDGED and word not in _NOT_JUDGED:
            yield Said(now["organisation_name"], now["indicator_name"], was, word)


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text or "")
    except InvalidOperation:
        return None


def _is_other(was: Mapping[str, str], now: Mapping[str, str], column: str) -> bool:
    old, new = _number(was.get(column)), _number(now.get(column))
    return old is not None and new is not None and old != new
