"""Attacks on random sectors: whoever reads figures and charts over time can tell no more of what it is not shown than
who reads the figures alone.

They are made apart from what they test: from the texts of the published tables and the rows that were sent, by linear
programmes written here.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.sql.tables import (
    RATE,
    SETTINGS,
    Row,
    absence,
    answers,
    commissioner,
    contract,
    instrument,
    let_out,
    organisation,
    publication,
    row,
    select,
    serves,
)

POINTS = "published.over_time"
USERS = "user_satisfaction"
FEW = {**SETTINGS, "fewest_user_answers": 5, "fewest_user_answers_public": 11, "fewest_posts": 11}


@dataclass(frozen=True)
class Part:
    """What one organisation counted in a month of one of its services, or of all it does."""

    code: str
    month: str
    payers: frozenset[str]
    service: str
    value: int


@dataclass
class Random:
    """A few organisations, their payers, some of them for a while only, and what they counted; some of it little."""

    seed: int
    rows: list[Row] = field(default_factory=list)
    users: list[Part] = field(default_factory=list)
    days: list[Part] = field(default_factory=list)
    model: dict[str, tuple[str, str]] = field(default_factory=dict)
    consenting: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        self.rows += [*instrument("local", None)]
        self.rows += [
            row("register.areas", area_code="B", name="All", type="combined_authority"),
            row("register.areas", area_code="A", name="Shire", type="council", part_of_code="B"),
            row("register.commissioners", commissioner_code="C1", type="council", area_code="A"),
            row("register.commissioners", commissioner_code="C2", type="combined_authority", area_code="B"),
            commissioner("C3"),
        ]
        for number in range(rng.randint(7, 11)):
            self._add(rng, f"O{number:02}")

    def _add(self, rng: random.Random, code: str) -> None:
        self.model[code] = (rng.choice(["mutual", "mutual", "in_house"]), rng.choice(["libraries", "transport"]))
        if rng.random() < 0.3:
            self.consenting.add(code)
        self.rows.append(organisation(code, *self.model[code], publication_consent=code in self.consenting))
        of_service: dict[str, dict[str, str]] = {"S1": {}, "S2": {}}
        for payer in rng.sample(["C1", "C2", "C3"], rng.choice([0, 1, 1, 2])):
            since = rng.choice(["2020-01-01", "2020-01-01", "2020-01-01", "2025-01-01", "2025-07-01"])
            services = rng.choice([["S1"], ["S1", "S2"], ["S1", "S2"]])
            self.rows += [contract(payer, code, since, contract_code=f"{payer}{code}")]
            self.rows += serves(f"{payer}{code}", code, *services)
            for service in services:
                of_service[service][payer] = since
        has_two = rng.random() < 0.4
        for month in SENT:
            if rng.random() < 0.08:
                continue
            for service, payers in of_service.items():
                if service == "S2" and not (has_two or (rng.random() < 0.2 and month < "2025-04")):
                    continue
                total = rng.choice([rng.randint(1, 12), rng.randint(20, 60), rng.randint(20, 60), rng.randint(20, 60)])
                if rng.random() < 0.6:
                    total = max(total, 20)
                self.rows.append(answers(code, month, service, rng.randint(0, total), total))
                now = frozenset(payer for payer, since in payers.items() if since <= f"{month}-01")
                self.users.append(Part(code, month, now, service, total))
            days = rng.choice([rng.randint(100, 400), rng.randint(400, 900), rng.randint(400, 900)])
            self.rows.append(absence(code, month, rng.randint(0, 40), days))
            self.days.append(Part(code, month, frozenset(), "ALL", days))

    def members(self, model: str, sectors: Set[str]) -> set[str]:
        return {code for code, place in self.model.items() if place[0] == model and place[1] in sectors}


SENT = ["2024-11", "2025-02", "2025-05", "2025-08", "2025-10", "2025-11", "2026-01", "2026-02"]
READERS: Mapping[str, tuple[str, ...]] = {
    "public": ("public",),
    "commissioner-C1": ("public", "commissioner-C1"),
    "commissioner-C2": ("public", "commissioner-C2", "commissioner-C1"),
    "commissioner-C3": ("public", "commissioner-C3"),
}
IN_PERIOD = {
    ("quarter", "2025-Q4"): SENT[4:6],
    ("rolling_year", "2025-Q4"): SENT[1:6],
    ("quarter", "2026-Q1"): SENT[6:],
    ("rolling_year", "2026-Q1"): SENT[2:],
}


@dataclass
class Pages:
    """Of each page what sums of denominators its figures print or give away, and its charts; and what it withholds of
    organisations by name."""

    figures: dict[str, list[frozenset[Part]]] = field(default_factory=lambda: defaultdict(list))
    charts: dict[str, list[frozenset[Part]]] = field(default_factory=lambda: defaultdict(list))
    withheld: dict[str, list[frozenset[Part]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, made: duckdb.DuckDBPyConnection, sector: Random, parts: list[Part], indicator: str) -> None:
        self._add_groups(made, sector, parts, indicator)
        self._add_organisations(made, sector, parts, indicator)
        columns = "audience, organisation_code, point"
        for audience, code, point in select(made, POINTS, columns, indicator_id=indicator):
            if not audience.startswith("organisation"):
                self.charts[audience].append(those(parts, [point], {code}))
        columns = "audience, organisation_code, period_id, reason"
        for audience, code, point, reason in select(made, "disclosure.judged_point", columns, indicator_id=indicator):
            if reason:
                self.withheld[audience].append(those(parts, [point], {code}))

    def _add_groups(self, made: duckdb.DuckDBPyConnection, sector: Random, parts: list[Part], indicator: str) -> None:
        with_mutuals = {place for model, place in sector.model.values() if model == "mutual"}
        columns = "audience, grain, period_id, sector, delivery_model, denominator"
        found = select(made, "published.delivery_model_figure", columns, indicator_id=indicator)
        for audience, grain, period, place, model, shown in found:
            if shown != "[c]":
                members = sector.members(model, with_mutuals if place == "sectors_of_mutuals" else {place})
                self.figures[audience].append(those(parts, IN_PERIOD[grain, period], members))
                assert float(shown) == sum(part.value for part in self.figures[audience][-1])

    def _add_organisations(
        self, made: duckdb.DuckDBPyConnection, sector: Random, parts: list[Part], indicator: str
    ) -> None:
        columns = "audience, grain, period_id, organisation_code, denominator, peer_group, peer_value"
        found = select(made, "published.organisation_figure", columns, indicator_id=indicator)
        for audience, grain, period, code, shown, scope, peers in found:
            if (grain, period) not in IN_PERIOD or audience.startswith("organisation"):
                continue
            own = those(parts, IN_PERIOD[grain, period], {code})
            if audience.startswith("commissioner-") and parts is sector.users:
                own = frozenset(part for part in own if audience.removeprefix("commissioner-") in part.payers)
            if shown == "[c]":
                self.withheld[audience].append(own)
            elif not shown.startswith("["):
                self.figures[audience].append(own)
                assert float(shown) == sum(part.value for part in own)
            if not peers.startswith("["):
                model, place = sector.model[code]
                sectors = {place} if "and sector" in scope else {one for _, one in sector.model.values()}
                members = sector.members(model, sectors) - {code}
                self.figures[audience].append(those(parts, IN_PERIOD[grain, period], members))


def those(parts: list[Part], months_of: Sequence[str], members: Iterable[str]) -> frozenset[Part]:
    return frozenset(part for part in parts if part.code in members and part.month in months_of)


def secrets(sector: Random, parts: list[Part], pages: Pages, audiences: Sequence[str]) -> list[frozenset[Part]]:
    """What charts must not tell one who has these pages: whatever is not shown there of anybody by month, by payer, by
    period."""
    shown = {of for audience in audiences for of in (*pages.figures[audience], *pages.charts[audience])}
    found = {of for audience in audiences for of in pages.withheld[audience]}
    for code in sector.model:
        own = [part for part in parts if part.code == code]
        for months_of in [*IN_PERIOD.values(), *([month] for month in SENT)]:
            of_months = frozenset(part for part in own if part.month in months_of)
            found |= {of_months}
            found |= {frozenset(part for part in of_months if payer in part.payers) for payer in ("C1", "C2", "C3")}
            found |= {frozenset(part for part in of_months if payer not in part.payers) for payer in ("C1", "C3")}
    in_charts = frozenset(part for audience in audiences for of in pages.charts[audience] for part in of)
    # The points that are shown are meant to be known: it is the rest that must not come out.
    rest = {of - in_charts for of in found} - shown
    return sorted((of for of in rest if of), key=lambda of: sorted(map(str, of)))


class Reach:
    """How far apart the least and the greatest lie that a sum can be, for one who knows these sums."""

    def __init__(self, parts: list[Part], known: Iterable[frozenset[Part]]) -> None:
        self.parts = parts
        sums = sorted(set(known), key=lambda of: sorted(map(str, of)))
        self.matrix = np.array([[float(part in of) for part in parts] for of in sums]) if sums else None
        self.right = [sum(part.value for part in of) for of in sums] if sums else None

    def width(self, of: frozenset[Part]) -> float:
        objective = np.array([float(part in of) for part in self.parts])
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * objective,
                A_eq=self.matrix,
                b_eq=self.right,
                bounds=[(0, None)] * len(self.parts),
                method="highs",
            )
            ends.append(np.inf if solved.status != 0 else sign * float(solved.fun))
        return float("inf") if np.inf in ends else ends[1] - ends[0]


@pytest.mark.long
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_charts_tell_no_reader_more_of_what_it_is_not_shown(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Over two publications, in between which somebody sends late, somebody agrees to be named, and contracts begin."""
    attack(seed, tmp_path_factory.mktemp("records") / "2025-Q4" / "1.parquet")


def attack(seed: int, record: Path) -> int:
    """How many points were shown to others; AssertionError where one of them tells what is not shown."""
    sector, rng = Random(seed), random.Random(seed)
    late, agrees_late = rng.choice([None, *sector.model]), rng.choice([None, *sorted(sector.consenting)])
    before = Random(seed)
    in_time = [
        one
        for one in before.rows
        if str(one.values.get("month", "")) < "2026-01"
        and not (late == one.values.get("organisation_code") and "month" in one.values)
    ]
    for one in in_time:
        if one.table == "register.organisations" and one.values["organisation_code"] == agrees_late:
            one.values["publication_consent"] = None  # type: ignore[index]
    before.users[:] = [part for part in before.users if part.month < "2026-01" and part.code != late]
    before.days[:] = [part for part in before.days if part.month < "2026-01" and part.code != late]
    first = publication(*in_time, period="2025-Q4", settings=FEW)
    second = publication(*sector.rows, period="2026-Q1", earlier=[let_out(first, record)], settings=FEW)
    shown = 0
    for name, indicator in (("users", USERS), ("days", RATE)):
        parts = getattr(sector, name)
        pages = Pages()
        pages.add(first, before, getattr(before, name), indicator)
        pages.add(second, sector, parts, indicator)
        shown += sum(len(of) for audience, of in pages.charts.items())
        for audiences in READERS.values():
            figures = [of for audience in audiences for of in pages.figures[audience]]
            charts = [of for audience in audiences for of in pages.charts[audience]]
            without, beside = Reach(parts, figures), Reach(parts, [*figures, *charts])
            for of in secrets(sector, parts, pages, audiences):
                width = beside.width(of)
                value = sum(part.value for part in of)
                if width < max(1.0, 0.2 * value) - 1e-6:
                    assert width >= without.width(of) - 1e-6, f"{audiences[-1]} finds {value}: {sorted(of, key=str)}"
    return shown
