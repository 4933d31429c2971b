"""Before and after spin-out, and how figures go with ownership, worked out again in plain Python loops.

Beside `boring`, from whose figures it starts; nothing here was taken from the SQL.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, sqrt
from statistics import fmean, linear_regression

from scipy import stats

from tests.sql.boring import Figure, Key, official_first, pooled
from tests.sql.boring import compared as compared_of
from tests.sql.random_sector import NOT_COMPARING, Organisation, Sector
from tests.sql.tables import RATE, last_day, months

LEAST_MONTHS, LEAST_PEERS, LEAST_ORGANISATIONS = 6, 5, 5
MOST_OF_THE_MONTHS = Fraction(3, 4)
MEASURED = {RATE: 1, "user_satisfaction": 1, "staff_satisfaction": 3, "staff_engagement": 3}
"""The indicators in which effects are looked for, and how many months a part of theirs has."""
LOWER_IS_BETTER = {RATE}

Place = tuple[str, str, str, str]
"""An organisation (or none), indicator, instrument and quarter."""


@dataclass(frozen=True)
class Change:
    """What became of one organisation between the same months before and after: the parts of both sides, matched."""

    code: str
    before: tuple[Figure, ...]
    after: tuple[Figure, ...]
    years: tuple[float, ...]

    @property
    def difference(self) -> float:
        earlier, later = pooled(self.before), pooled(self.after)
        assert earlier is not None
        assert later is not None
        return float(later - earlier)

    @property
    def inverse_size(self) -> float:
        return sum(float(1 / Fraction(sum(one.denominator or 0 for one in side))) for side in (self.before, self.after))

    @property
    def trend(self) -> float | None:
        values = [float(one.value or 0) for one in self.before]
        return linear_regression(self.years, values).slope if len(values) > 1 else None


@dataclass(frozen=True)
class SpinOut:
    """One organisation's before and after, and with whom it was compared."""

    why_not: str
    own: Change | None
    scope: str = ""
    beside: tuple[Change, ...] = ()

    @property
    def comparator_difference(self) -> float:
        return fmean(one.difference for one in self.beside)

    @property
    def effect(self) -> float | None:
        return None if self.own is None or self.why_not else self.own.difference - self.comparator_difference

    @property
    def trend_before(self) -> float | None:
        if self.own is None or self.why_not or self.own.trend is None:
            return None
        return self.own.trend - fmean(one.trend or 0 for one in self.beside)

    def margins(self) -> tuple[float, float] | None:
        """Half the width of the limits of its own change, and of the effect."""
        if self.own is None or not self.beside:
            return None
        count, middle = len(self.beside), self.comparator_difference
        squares = [(one.difference - middle) ** 2 for one in self.beside]
        of_one = sum(square / one.inverse_size for square, one in zip(squares, self.beside, strict=True)) / (count - 1)
        own = of_one * self.own.inverse_size
        return tuple(quantile(count - 1) * sqrt(of) for of in (own, own + sum(squares) / (count - 1) / count))  # type: ignore[return-value]


def quantile(degrees: float) -> float:
    return float(stats.t.ppf(0.975, degrees))


def quarters(figures: Sequence[Figure]) -> list[str]:
    """Every quarter from the first that anybody said anything of to the last."""
    return sorted({figure.key.period for figure in figures if figure.key.grain == "quarter"})


def end_of(quarter: str) -> str:
    return last_day(f"{quarter[:4]}-{int(quarter[-1]) * 3:02}")


def starts_of(period: str) -> str:
    return f"{period[:4]}-{int(period[-1]) * 3 - 2:02}-01" if "Q" in period else f"{period}-01"


def ends_of(period: str) -> str:
    return end_of(period) if "Q" in period else last_day(period)


def finest(figures: Sequence[Figure]) -> dict[tuple[str, str, str], dict[str, Figure]]:
    """Indicator, instrument and organisation -> period -> the figure that counts, in the shortest periods."""
    found: dict[tuple[str, str, str], dict[str, Figure]] = defaultdict(dict)
    for (key, code, commissioner), figure in official_first(figures).items():
        if commissioner == "ALL" and key.grain == {1: "month", 3: "quarter"}.get(MEASURED.get(key.indicator, 0)):
            found[key.indicator, key.variant, code][key.period] = figure
    return dict(found)


def spin_outs(sector: Sector, figures: Sequence[Figure], records_begin_on: str) -> dict[Place, SpinOut]:
    by_series = finest(figures)
    found = {}
    for (indicator, variant, code), own in by_series.items():
        one = next(each for each in sector.organisations if each.code == code)
        if one.spun_out_on is None or one.spun_out_on <= records_begin_on:
            continue
        length = MEASURED[indicator]
        for quarter in quarters(figures):
            if one.spun_out_on > end_of(quarter):
                continue
            first = _first_before(one.spun_out_on, length)
            year = months(f"{int(quarter[:4]) - 1}-{int(quarter[-1]) * 3:02}", 13)[1]
            before = {
                period[5:]: figure
                for period, figure in own.items()
                if starts_of(period) >= f"{first}-01" and ends_of(period) < one.spun_out_on
            }
            after = {
                period[5:]: figure
                for period, figure in own.items()
                if starts_of(period) >= max(one.spun_out_on, f"{year}-01") and ends_of(period) <= end_of(quarter)
            }
            if not before and not after:
                continue
            shared = sorted(set(before) & set(after))
            found[code, indicator, variant, quarter] = _spin_out(
                sector,
                by_series,
                one,
                (indicator, variant),
                {name: len(of) * length for name, of in (("before", before), ("after", after), ("both", shared))},
                [(before[name], after[name]) for name in shared],
                (f"{first}-01", end_of(quarter)),
            )
    return found


def _first_before(spun_out_on: str, length: int) -> str:
    """The first month of the twelve before the month (or quarter) in which it spun out."""
    year, month = int(spun_out_on[:4]), int(spun_out_on[5:7])
    if length == 3:
        month = (month - 1) // 3 * 3 + 1
    return f"{year - 1}-{month:02}"


def _spin_out(
    sector: Sector,
    by_series: Mapping[tuple[str, str, str], Mapping[str, Figure]],
    one: Organisation,
    series: tuple[str, str],
    there: Mapping[str, int],
    pairs: list[tuple[Figure, Figure]],
    window: tuple[str, str],
) -> SpinOut:
    if there["before"] < LEAST_MONTHS:
        return SpinOut("too little before", None)
    if there["after"] < LEAST_MONTHS:
        return SpinOut("too little after", None)
    if there["both"] < LEAST_MONTHS:
        return SpinOut("too few of the same months on both sides", None)
    assert one.spun_out_on is not None
    pairs = sorted(pairs, key=lambda pair: starts_of(pair[0].key.period))
    years = tuple(_months_between(one.spun_out_on, starts_of(before.key.period)) / 12 for before, _ in pairs)
    own = Change(one.code, tuple(before for before, _ in pairs), tuple(after for _, after in pairs), years)
    near, far = [], []
    for other in sector.organisations:
        spun = other.spun_out_on is not None and window[0] <= other.spun_out_on <= window[1]
        figures = by_series.get((*series, other.code), {})
        wanted = [
            (before.key.period, after.key.period, year) for (before, after), year in zip(pairs, years, strict=True)
        ]
        reported = [each for each in wanted if each[0] in figures and each[1] in figures]
        if other.code == one.code or spun or len(reported) < MOST_OF_THE_MONTHS * len(wanted):
            continue
        change = Change(
            other.code,
            tuple(figures[before] for before, _, _ in reported),
            tuple(figures[after] for _, after, _ in reported),
            tuple(year for _, _, year in reported),
        )
        far.append(change)
        near += [change] if other.sector == one.sector else []
    scope, beside = ("sector", near) if len(near) >= LEAST_PEERS else ("all_sectors", far)
    if len(beside) < LEAST_PEERS:
        scope, beside = "", []
    why_not = "" if beside else "too few comparators"
    if series[1] in NOT_COMPARING:
        why_not = "not an instrument to compare by"
    return SpinOut(why_not, own, scope, tuple(beside))


def _months_between(earlier: str, later: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])


@dataclass(frozen=True)
class Effect:
    """The mean of several organisations, with its limits where they are enough."""

    count: int
    mean: float | None
    lower: float | None = None
    upper: float | None = None


def together(of: Mapping[str, tuple[float, Mapping[str, float]]]) -> Effect:
    """The mean of own values less the mean of comparators' values, by organisation: own value, comparators' values."""
    count = len(of)
    values = [own - fmean(beside.values()) for own, beside in of.values()]
    if count < LEAST_ORGANISATIONS:
        return Effect(count, fmean(values) if values else None)
    middle = fmean(values)
    variance = sum((value - middle) ** 2 for value in values) / (count - 1) / count
    by_comparator: dict[str, float] = defaultdict(float)
    alone = 0.0
    for _, beside in of.values():
        several, mean = len(beside), fmean(beside.values())
        for code, value in beside.items():
            # One of `several` is one part in so many of their mean; one degree of freedom is lost to it.
            weight = (value - mean) / several * sqrt(several / (several - 1))
            by_comparator[code] += weight / count
            alone += weight**2 / count
    shared = sum(value**2 for value in by_comparator.values())
    whole = variance + max(0.0, shared - (alone - shared) / (count - 1))
    degrees = max(count - 1, floor((count - 1) * (whole / variance) ** 2)) if variance else count - 1
    margin = quantile(degrees) * sqrt(whole)
    return Effect(count, middle, middle - margin, middle + margin)


def effects(found: Mapping[Place, SpinOut]) -> dict[tuple[str, str, str], tuple[int, Effect, Effect]]:
    """Indicator, instrument and quarter -> how many spun out, the effect, and the trends before."""
    groups: dict[tuple[str, str, str], dict[str, SpinOut]] = defaultdict(dict)
    for (code, indicator, variant, quarter), one in found.items():
        groups[indicator, variant, quarter][code] = one
    made = {}
    for place, group in groups.items():
        able = {code: one for code, one in sorted(group.items()) if one.own is not None and not one.why_not}
        differences = {
            code: (one.own.difference, {each.code: each.difference for each in one.beside})
            for code, one in able.items()
            if one.own is not None
        }
        trends = {
            code: (one.own.trend, {each.code: each.trend or 0.0 for each in one.beside})
            for code, one in able.items()
            if one.own is not None and one.own.trend is not None
        }
        made[place] = len(group), together(differences), together(trends)
    return made


def words(indicator: str, effect: Effect) -> tuple[str, bool | None]:
    if effect.lower is None or effect.upper is None:
        return "too few to say", None
    if effect.upper < 0:
        return "fell", indicator in LOWER_IS_BETTER
    if effect.lower > 0:
        return "rose", indicator not in LOWER_IS_BETTER
    return "no clear change", None


def slopes(figures: Sequence[Figure]) -> dict[tuple[str, str, str], Effect]:
    """Indicator, instrument and quarter -> the slope of a year's figure on ten points of ownership, within sectors."""
    groups: dict[Key, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for figure in compared_of(figures):
        is_whole = figure.key.meaning.is_latest or figure.months_reported == 12
        is_mutual = figure.delivery_model == "mutual" and figure.organisation.owned_percent is not None
        if figure.key.grain == "rolling_year" and figure.key.indicator in MEASURED and is_whole and is_mutual:
            groups[figure.key][figure.organisation.sector].append(figure)
    found = {}
    for key, by_sector in groups.items():
        points = []
        kept = [group for group in by_sector.values() if len(group) > 1]
        for group in kept:
            owned = [(one.organisation.owned_percent or 0) / 10 for one in group]
            values = [float(one.value or 0) for one in group]
            points += [
                (x - fmean(owned), y - fmean(values), 1 / len(group)) for x, y in zip(owned, values, strict=True)
            ]
        if points:
            found[key.indicator, key.variant, key.period] = _slope(points, len(points) - len(kept) - 1)
    return found


def _slope(points: list[tuple[float, float, float]], degrees: int) -> Effect:
    squares = sum(x**2 for x, _, _ in points)
    none = Effect(len(points), None)
    if squares == 0 or degrees < 1 or len(points) < LEAST_ORGANISATIONS:
        return none
    slope = sum(x * y for x, y, _ in points) / squares
    leverages = [share + x**2 / squares for x, _, share in points]
    if max(leverages) > 1 - 1e-9:
        return none
    errors = [y - slope * x for x, y, _ in points]
    parts = [x * error / (1 - h) for (x, _, _), error, h in zip(points, errors, leverages, strict=True)]
    margin = quantile(degrees) * sqrt(sum(part**2 for part in parts)) / squares
    return replace(none, mean=slope, lower=slope - margin, upper=slope + margin)
