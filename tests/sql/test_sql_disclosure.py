"""Disclosure control from returns to what is printed: who could learn what, and that nobody can.

The attacks are made apart from what they test: from the texts of the published tables and the rows that were sent, by
linear programmes written here.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    asked,
    build,
    commissioner,
    contract,
    instrument,
    let_out,
    official,
    one,
    organisation,
    publication,
    row,
    saving,
    scored,
    select,
    serves,
    value_of,
)

FIGURE = "published.organisation_figure"
MODEL_FIGURE = "published.delivery_model_figure"
GROUP_FIGURE = "published.group_figure"
WITHHELD = "disclosure.withheld"
USERS = "user_satisfaction"
RATE_OF_QUARTER = {"indicator_id": RATE, "grain": "quarter"}
STRICT = {**SETTINGS, "fewest_staff_answers": 11, "fewest_user_answers": 5, "fewest_user_answers_public": 11}


def group(
    made: duckdb.DuckDBPyConnection, audience: str = "public", sector: str = "community_health", **of: str
) -> str:
    """What an audience reads of the mutuals of a sector."""
    where = {"audience": audience, "sector": sector, "delivery_model": "mutual", **RATE_OF_QUARTER, **of}
    return str(one(made, MODEL_FIGURE, "value", **where)[0])


def figure(made: duckdb.DuckDBPyConnection, audience: str, code: str, columns: str = "value", **of: str) -> Any:
    where = {"audience": audience, "organisation_code": code, **RATE_OF_QUARTER, **of}
    found = one(made, FIGURE, columns, **where)
    return found if len(found) > 1 else found[0]


def mutuals(codes: Iterable[str], month: str = "2026-01", sector: str = "community_health", **of: Any) -> list[Row]:
    """Mutuals that lost 1, 2, 3 ... of so many hundred days in a month."""
    rows = []
    for number, code in enumerate(codes, start=1):
        rows += [organisation(code, sector=sector, **of), absence(code, month, number, 100 * number)]
    return rows


def codes(letter: str, count: int) -> list[str]:
    return [f"{letter}{number}" for number in range(1, count + 1)]


# A sector that is withheld, where all sectors are shown


def test_a_sector_that_is_withheld_cannot_be_taken_from_all_sectors() -> None:
    three = {"community_health": 9, "libraries": 8, "transport": 2}
    made = build(*(row for sector, count in three.items() for row in mutuals(codes(sector[0], count), sector=sector)))
    shown = {sector: group(made, sector=sector) for sector in (*three, "sectors_of_mutuals")}
    assert shown["transport"] == "[c]"
    assert [sector for sector, value in shown.items() if value == "[c]"] != ["transport"]
    assert [sector for sector, value in shown.items() if value != "[c]"] != []


def test_what_follows_from_a_withheld_figure_is_withheld_with_it() -> None:
    made = build(*mutuals(codes("M", 4)))
    columns = "numerator, denominator, value, value_with_unclassified, median, lower_quartile, upper_quartile"
    assert one(made, MODEL_FIGURE, columns, **RATE_OF_QUARTER) == ("[c]", "[c]", "[c]", "[z]", "[c]", "[c]", "[c]")


def test_nothing_is_withheld_where_nobody_is_hidden() -> None:
    made = build(
        *mutuals(codes("M", 2), publication_consent=True), organisation("M3"), official("M3", "2026-01", 1, 90)
    )
    assert group(made) != "[c]"
    assert select(made, WITHHELD, "*", kind="group") == []
    assert select(made, "disclosure.audited", "worked_out", audience="public") == [(0,)]


# Periods


def test_who_missed_the_quarter_cannot_be_told_from_the_year() -> None:
    """All answered in the wave before; one of them did not answer in this one."""
    everybody = codes("M", 8)
    staff = [row for code in everybody for row in (organisation(code), asked(code, "2025-Q4", 5, 20))]
    of_all_but_one = [asked(code, "2026-Q1", 6, 20) for code in everybody[:-1]]
    made = build(*instrument("core"), *staff, *of_all_but_one)
    shown = [group(made, indicator_id="staff_satisfaction", grain=grain) for grain in ("quarter", "rolling_year")]
    assert sorted(value == "[c]" for value in shown) == [False, True]


# Before and after


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "2026-Q1" / "1.parquet"


def test_a_return_that_comes_late_cannot_be_told_from_two_publications(record: Path) -> None:
    before = mutuals(codes("M", 9))
    first = build(*before)
    assert group(first) != "[c]"
    let_out(first, record)
    after = [*before, organisation("M0"), absence("M0", "2026-01", 7, 100)]
    assert group(build(*after)) != "[c]"
    assert group(publication(*after, period="2026-Q1", earlier=[record])) == "[c]"
    three = [*after, *mutuals(["N1", "N2", "N3"])]
    assert group(publication(*three, period="2026-Q1", earlier=[record])) != "[c]"


def test_the_same_again_is_shown_again(record: Path) -> None:
    rows = mutuals(codes("M", 9))
    first = build(*rows)
    again = publication(*rows, period="2026-Q1", earlier=[let_out(first, record)])
    for table in (FIGURE, MODEL_FIGURE):
        assert select(again, table, "*") == select(first, table, "*")


def test_what_an_earlier_publication_gave_away_is_listed_and_stops_nothing(record: Path) -> None:
    rows = mutuals(codes("M", 9))
    first = build(*rows)
    value_of(first, "count(*) from disclosure.released")
    # As if once, before there was any control, the group had been published without one of them too.
    first.execute(
        "insert into disclosure.released select * replace (cell + 1000 as cell) from disclosure.released "
        "where organisation_code <> 'M1' and number = 'fte_days_available'"
    )
    again = publication(*rows, period="2026-Q1", earlier=[let_out(first, record)])
    found = select(again, "disclosure.audit", "value, lower, upper, is_already_disclosed", is_protected=False)
    assert (100.0, 100.0, 100.0, True) in found
    assert select(again, "disclosure.audited", "worked_out", audience="public") == [(0,)]
    assert one(again, "disclosure.audited", "already_disclosed", audience="public")[0] > 0


def test_a_correction_is_not_taken_for_what_it_corrects(record: Path) -> None:
    rows = mutuals(codes("M", 9))
    let_out(build(*rows), record)
    corrected = [*rows[:-1], absence("M9", "2026-01", 9, 950)]
    assert group(publication(*corrected, period="2026-Q1", earlier=[record])) != "[c]"


# Commissioners


def two_payers(*, is_named: bool) -> list[Row]:
    """An organisation for two commissioners, one service each, among others of one commissioner each."""
    rows: list[Row] = [*instrument("local", None), *(commissioner(code) for code in ("C1", "C2", "C3"))]
    for number, code in enumerate(codes("M", 9), start=1):
        payer = "C3" if number > 1 else "C1"
        rows += [
            organisation(code, publication_consent=is_named and number == 1),
            contract(payer, code, "2020-01-01", contract_code=f"K{code}"),
            *serves(f"K{code}", code, "S1"),
            answers(code, "2026-01", "S1", 20 + number, 50 + number),
        ]
    rows += [contract("C2", "M1", "2020-01-01", contract_code="K2"), *serves("K2", "M1", "S2")]
    return [*rows, answers("M1", "2026-01", "S2", 7, 30)]


def test_neither_of_two_commissioners_can_learn_the_others_part() -> None:
    for is_named in (False, True):
        made = build(*two_payers(is_named=is_named))
        users = {"indicator_id": USERS}
        assert [figure(made, f"commissioner-{code}", "M1", "denominator", **users) for code in ("C1", "C2")] == [
            "51",
            "30",
        ]
        for code in ("C1", "C2"):
            # The peers are the group less the whole of the organisation, which with the group gives the other's part.
            peers = figure(made, f"commissioner-{code}", "M1", "peer_value", **users)
            assert "[c]" in (peers, group(made, f"commissioner-{code}", **users))
        if is_named:
            assert figure(made, "public", "M1", "value, denominator, peer_value", **users) == ("[c]", "[c]", "[c]")
            reason = one(made, WITHHELD, "reason", kind="organisation", audience="public", **users, grain="quarter")
            assert reason == ("another figure could be worked out from it",)


def test_an_organisation_with_one_payer_is_named_in_public_if_it_agreed() -> None:
    rows = [
        one
        for one in two_payers(is_named=True)
        if "K2" not in one.values.values() and one.values.get("service_code") != "S2"
    ]
    assert figure(build(*rows), "public", "M1", "denominator", indicator_id=USERS) == "51"


def test_a_combined_authority_cannot_put_its_councils_pages_together() -> None:
    """Its councils see four mutuals of nine by name, and it another three."""
    areas = [
        row("register.areas", area_code="B1", name="Together", type="combined_authority"),
        *(
            row("register.areas", area_code=f"A{n}", name=f"Shire {n}", type="council", part_of_code="B1")
            for n in (1, 2)
        ),
    ]
    bodies = [
        row("register.commissioners", commissioner_code="CA", type="combined_authority", area_code="B1"),
        *(row("register.commissioners", commissioner_code=f"C{n}", type="council", area_code=f"A{n}") for n in (1, 2)),
    ]
    everybody = mutuals(codes("M", 9))
    of_councils = [contract(f"C{1 + n % 2}", f"M{n + 1}", "2020-01-01") for n in range(4)]
    of_authority = [contract("CA", f"M{n}", "2020-01-01") for n in (5, 6, 7)]
    made = build(*areas, *bodies, *everybody, *of_councils, *of_authority)
    assert ("commissioner-CA", "commissioner-C1") in select(made, "disclosure.reads", "reader, audience")
    for audience in ("public", "commissioner-C1", "commissioner-C2", "commissioner-CA"):
        assert group(made, audience) == "[c]"
    apart = [one for one in bodies if one.values["type"] == "council"]
    made = build(*areas, *apart, commissioner("CA"), *everybody, *of_councils, *of_authority)
    for audience in ("public", "commissioner-C1", "commissioner-C2", "commissioner-CA"):
        assert group(made, audience) != "[c]"


# Small numbers


@pytest.mark.parametrize(
    ("positive", "answered", "is_shown"),
    [(5, 10, False), (5, 11, True), (11, 11, False), (0, 11, False), (1, 11, True)],
)
def test_a_staff_survey_of_few_or_of_all_alike_is_withheld(positive: int, answered: int, is_shown: bool) -> None:
    rows = [commissioner("C1"), organisation("M1"), contract("C1", "M1", "2020-01-01"), *instrument("core")]
    made = build(*rows, asked("M1", "2026-Q1", positive, answered), settings=STRICT)
    shown = figure(made, "commissioner-C1", "M1", "value, denominator", indicator_id="staff_satisfaction")
    assert (shown != ("[c]", "[c]")) == is_shown
    assert figure(made, "organisation-M1", "M1", indicator_id="staff_satisfaction") != "[c]"
    response = figure(made, "commissioner-C1", "M1", indicator_id="staff_response_rate")
    assert (response != "[c]") == (answered >= 11)


@pytest.mark.parametrize(("people", "is_shown"), [(10, False), (11, True)])
def test_a_score_of_few_is_withheld(people: int, is_shown: bool) -> None:
    rows = [commissioner("C1"), organisation("M1"), contract("C1", "M1", "2020-01-01"), *instrument("core")]
    made = build(*rows, asked("M1", "2026-Q1", 9, 20), scored("M1", "2026-Q1", 60, people), settings=STRICT)
    assert (figure(made, "commissioner-C1", "M1", indicator_id="staff_engagement") != "[c]") == is_shown


@pytest.mark.parametrize(
    ("total", "to_commissioner", "to_public"),
    [(4, False, False), (5, True, False), (10, True, False), (11, True, True)],
)
def test_few_answers_of_users_are_withheld(total: int, to_commissioner: bool, to_public: bool) -> None:
    rows = [
        *(commissioner("C1"), organisation("M1", publication_consent=True), *instrument("local", None)),
        *(contract("C1", "M1", "2020-01-01", contract_code="K1"), *serves("K1", "M1", "S1")),
    ]
    made = build(*rows, answers("M1", "2026-01", "S1", 2, total), settings=STRICT)
    shown = [figure(made, audience, "M1", indicator_id=USERS) != "[c]" for audience in ("commissioner-C1", "public")]
    assert shown == [to_commissioner, to_public]


@pytest.mark.parametrize(
    ("basis", "available", "is_shown"),
    [
        ("calendar_days", 11 * 31 - 1, False),
        ("calendar_days", 11 * 31, True),
        ("working_days", 11 * 31 * 5 / 7 - 1, False),
        ("working_days", 11 * 31 * 5 / 7 + 1, True),
        ("hours", 11 * 31 * 5 / 7 * 7.5 + 1, True),
        ("hours", 11 * 31 * 5 / 7 * 7.5 - 1, False),
    ],
)
def test_absence_of_few_posts_is_withheld(basis: str, available: float, is_shown: bool) -> None:
    rows = [commissioner("C1"), organisation("M1"), contract("C1", "M1", "2020-01-01")]
    made = build(*rows, absence("M1", "2026-01", 1, available, basis), settings={**SETTINGS, "fewest_posts": 11})
    assert (figure(made, "commissioner-C1", "M1") != "[c]") == is_shown


def test_official_figures_are_never_withheld() -> None:
    made = build(organisation("M1"), official("M1", "2026-01", 1, 31), settings={**SETTINGS, "fewest_posts": 11})
    assert figure(made, "public", "M1") != "[c]"


def test_money_that_one_organisation_makes_up_most_of_is_withheld() -> None:
    def saved(largest: int) -> str:
        rows = []
        for number, code in enumerate(codes("M", 8), start=1):
            amount = largest if number == 1 else 1000 + number
            rows += [organisation(code), saving(code, "2026-Q2", "A", amount, source="growth")]
        where = {"audience": "public", "sector": "community_health", "indicator_id": "net_savings", "grain": "quarter"}
        return str(one(build(*rows), MODEL_FIGURE, "value", **where)[0])

    assert saved(50_000) != "[c]"
    assert saved(70_000) == "[c]"


def test_a_part_of_a_sum_that_is_withheld_cannot_be_taken_from_the_others() -> None:
    """Five sources add up to net savings: where one of them is withheld, so is another, or the sum."""
    rows = []
    for number, code in enumerate(codes("M", 8), start=1):
        rows += [organisation(code), saving(code, "2026-Q2", "A", 1000 + number, source="procurement")]
        rows += [saving(code, "2026-Q2", "B", 2000 + number, source="productivity")]
        rows += [saving(code, "2026-Q2", "C", 90_000 if number == 1 else 10, source="growth")]
    where = {"audience": "public", "sector": "community_health", "grain": "quarter", "delivery_model": "mutual"}
    found = dict(select(build(*rows), MODEL_FIGURE, "indicator_id, value", **where))
    assert found["savings_from_growth"] == "[c]"
    others = {one for one in found if one.startswith("savings_from_")} - {"savings_from_growth"} | {"net_savings"}
    assert "[c]" in {found[one] for one in others}
    assert {found[one] for one in others} != {"[c]"}


# What is counted


def test_cells_are_counted_by_reason() -> None:
    made = build(*mutuals(codes("M", 4)), *mutuals(codes("N", 8), sector="libraries"))
    assert value_of(made, "(select sum(cells) from disclosure.tally) = (select count(*) from disclosure.cell)")
    assert value_of(
        made,
        "(select sum(cells) from disclosure.tally where reason <> '') = (select count(*) from disclosure.withheld)",
    )
    assert ("public", "too few organisations") in select(made, "disclosure.tally", "audience, reason")


def test_groups_add_up_to_their_members_before_anything_is_withheld() -> None:
    made = build(*mutuals(codes("M", 4)), *mutuals(codes("N", 8), sector="libraries"))
    wrong = made.execute(
        "select * from (select indicator_id, grain, variant, delivery_model, sector, sum(numerator) as n, "
        "sum(denominator) as d from disclosure.member group by all) join disclosure.group_figure as figures "
        "using (indicator_id, grain, variant, delivery_model, sector) "
        "where n is distinct from figures.numerator or d is distinct from figures.denominator"
    ).fetchall()
    assert wrong == []


# Attacks on random sectors


@dataclass(frozen=True)
class Part:
    """What one organisation counted in a month of what it does for these commissioners (nobody in particular: none)."""

    code: str
    month: str
    payers: frozenset[str]
    service: str
    value: int


@dataclass
class Random:
    """A few organisations, their payers and what they counted: answers of users by service, days of absence in all."""

    seed: int
    rows: list[Row] = field(default_factory=list)
    users: list[Part] = field(default_factory=list)
    days: list[Part] = field(default_factory=list)
    model: dict[str, tuple[str, str]] = field(default_factory=dict)
    area: dict[str, str | None] = field(default_factory=dict)
    owned: dict[str, int | None] = field(default_factory=dict)
    consenting: set[str] = field(default_factory=set)
    payers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        self.rows += [*instrument("local", None)]
        self.rows += [
            row("register.areas", area_code="B", name="All", type="combined_authority"),
            row("register.areas", area_code="A", name="Shire", type="council", part_of_code="B"),
            row("register.areas", area_code="X", name="Elsewhere", type="council"),
            row("register.commissioners", commissioner_code="C1", type="council", area_code="A"),
            row("register.commissioners", commissioner_code="C2", type="combined_authority", area_code="B"),
            commissioner("C3"),
        ]
        for number in range(rng.randint(9, 16)):
            self._add(rng, f"O{number:02}")

    def within(self, scope: str) -> set[str]:
        """The organisations of a sector, of all sectors with mutuals, of the one combined authority, of a band."""
        with_mutuals = {sector for model, sector in self.model.values() if model == "mutual"}
        beside = {code for code, (_, sector) in self.model.items() if sector in with_mutuals}
        match scope.split(":"):
            case ["area", _]:
                return {code for code in beside if self.area[code] in ("A", "B")}
            case ["owned", least]:
                most = {"0": 50, "50": 75, "75": 101}[least]
                return {code for code in beside if (share := self.owned[code]) and int(least) <= share < most}
            case ["sectors_of_mutuals"]:
                return beside
            case _:
                return {code for code, (_, sector) in self.model.items() if sector == scope}

    def _add(self, rng: random.Random, code: str) -> None:
        model, sector = (
            rng.choice(["mutual", "mutual", "in_house"]),
            rng.choice(["libraries", "libraries", "transport"]),
        )
        self.model[code] = (model, sector)
        if rng.random() < 0.25:
            self.consenting.add(code)
        self.area[code] = rng.choice(["A", "B", "X", None])
        self.owned[code] = rng.choice([30, 60, 90, None]) if model == "mutual" else None
        self.rows.append(
            organisation(
                *(code, model, sector),
                publication_consent=code in self.consenting,
                area_code=self.area[code],
                staff_owned_share_percent=self.owned[code],
            )
        )
        of_service: dict[str, set[str]] = {"S1": set(), "S2": set()}
        for payer in rng.sample(["C1", "C2", "C3"], rng.choice([0, 1, 1, 2])):
            self.payers[code].add(payer)
            services = rng.choice([["S1"], ["S2"], ["S1", "S2"]])
            self.rows += [contract(payer, code, "2020-01-01", contract_code=f"{payer}{code}")]
            self.rows += serves(f"{payer}{code}", code, *services)
            for service in services:
                of_service[service].add(payer)
        for month in ("2025-11", "2026-02"):
            if rng.random() < 0.15:
                continue
            for service, payers in of_service.items():
                total = rng.randint(1, 60)
                self.rows.append(answers(code, month, service, rng.randint(0, total), total))
                self.users.append(Part(code, month, frozenset(payers), service, total))
            days = rng.randint(50, 900)
            self.rows.append(absence(code, month, rng.randint(0, 40), days))
            self.days.append(Part(code, month, frozenset(), "ALL", days))


READERS: Mapping[str, tuple[str, ...]] = {
    "public": ("public",),
    "commissioner-C1": ("public", "commissioner-C1"),
    "commissioner-C2": ("public", "commissioner-C2", "commissioner-C1"),
    "commissioner-C3": ("public", "commissioner-C3"),
}
IN_PERIOD = {
    ("quarter", "2025-Q4"): ("2025-11",),
    ("rolling_year", "2025-Q4"): ("2025-11",),
    ("quarter", "2026-Q1"): ("2026-02",),
    ("rolling_year", "2026-Q1"): ("2025-11", "2026-02"),
}


def printed(
    made: duckdb.DuckDBPyConnection, sector: Random, parts: list[Part], indicator: str
) -> dict[str, list[set[Part]]]:
    """Of each page, what sums of denominators it prints, or gives away with a figure of peers."""
    known: dict[str, list[set[Part]]] = defaultdict(list)

    def those(months_of: Sequence[str], members: Iterable[str]) -> set[Part]:
        return {part for part in parts if part.code in members and part.month in months_of}

    columns = "audience, grain, period_id, scope, delivery_model, denominator"
    for audience, grain, period, of, model, shown in select(made, GROUP_FIGURE, columns, indicator_id=indicator):
        members = {code for code in sector.within(of) if sector.model[code][0] == model}
        if shown != "[c]":
            known[audience].append(those(IN_PERIOD[grain, period], members))
            assert float(shown) == sum(part.value for part in known[audience][-1])
    columns = "audience, grain, period_id, organisation_code, denominator, peer_group, peer_value"
    for audience, grain, period, code, shown, scope, peers in select(made, FIGURE, columns, indicator_id=indicator):
        if (grain, period) not in IN_PERIOD:
            continue
        months_of = IN_PERIOD[grain, period]
        own = those(months_of, {code})
        if audience.startswith("commissioner-") and parts is sector.users:
            own = {part for part in own if audience.removeprefix("commissioner-") in part.payers}
        if not shown.startswith("["):
            known[audience].append(own)
            assert float(shown) == sum(part.value for part in own)
        if not peers.startswith("["):
            model, of = sector.model[code]
            sectors = {of} if "and sector" in scope else {one for _, one in sector.model.values()}
            members = {one for one, place in sector.model.items() if place[0] == model and place[1] in sectors} - {code}
            known[audience].append(those(months_of, members))
    return known


def secrets(sector: Random, parts: list[Part], reader: str) -> list[set[Part]]:
    """What a reader must not learn: figures of a quarter and of a year, of organisations it may not see by name, and
    parts that others pay for of those it pays for itself."""
    codes_of = {one.removeprefix("commissioner-") for one in READERS.get(reader, ("public",)) if "-" in one}
    found = []
    for code in sector.model:
        for months_of in set(IN_PERIOD.values()):
            of = {part for part in parts if part.code == code and part.month in months_of}
            if parts is sector.users and sector.payers[code] & codes_of:
                of = {part for part in of if part.payers and not part.payers & codes_of}
                own_months = {part.month for part in parts if part.code == code and part.payers & codes_of}
                if code in sector.consenting:
                    # It agreed to what it does as a whole being known: where that is none of the reader's, it may be.
                    of = {part for part in of if part.month in own_months}
            elif code in sector.consenting or (parts is sector.days and sector.payers[code] & codes_of):
                continue
            if of and of not in found:
                found.append(of)
    return found


def widths(parts: list[Part], known: list[set[Part]], wanted: list[set[Part]], own: set[Part]) -> list[float]:
    """How far apart the least and the greatest lie that each wanted sum can be, for one who knows these sums."""
    count = len(parts)
    sums = [*known, *({part} for part in own)]
    matrix = np.array([[float(part in of) for part in parts] for of in sums]) if sums else None
    right = [sum(part.value for part in of) for of in sums] if sums else None
    found = []
    for of in wanted:
        objective = np.array([float(part in of) for part in parts])
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(sign * objective, A_eq=matrix, b_eq=right, bounds=[(0, None)] * count, method="highs")
            ends.append(np.inf if solved.status != 0 else sign * float(solved.fun))
        found.append(np.inf if np.inf in ends else ends[1] - ends[0])
    return found


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_no_reader_can_work_out_what_it_must_not_know(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    _attack_everything(seed, tmp_path_factory)


@pytest.mark.long
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_in_no_sector_can_a_reader_work_it_out(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    _attack_everything(seed, tmp_path_factory)


def _attack_everything(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """As each reader, with all pages of two publications, solve for what it must not know."""
    sector = Random(seed)
    late = random.Random(seed).choice([None, *sector.model])
    in_time = [row for row in sector.rows if "2026-02-01" not in map(str, row.values.values())]
    in_time = [one for one in in_time if late is None or not _is_return_of(one, late)]
    path = tmp_path_factory.mktemp("records") / "2025-Q4" / "1.parquet"
    first = build(*in_time, period="2025-Q4")
    second = publication(*sector.rows, period="2026-Q1", earlier=[let_out(first, path)])
    assert value_of(second, "count(*) from disclosure.audit where is_already_disclosed") == 0
    for parts, indicator in ((sector.users, USERS), (sector.days, RATE)):
        before = Random(seed)
        before.users[:] = [part for part in before.users if part.month == "2025-11" and part.code != late]
        before.days[:] = [part for part in before.days if part.month == "2025-11" and part.code != late]
        pages = printed(first, before, before.users if parts is sector.users else before.days, indicator)
        for audience, sums in printed(second, sector, parts, indicator).items():
            pages[audience] += sums
        for reader, audiences in READERS.items():
            _attack(sector, parts, [of for audience in audiences for of in pages[audience]], reader, set())
        for code in sorted(sector.model)[:4]:
            own = {part for part in parts if part.code == code}
            _attack(sector, parts, pages["public"] + pages[f"organisation-{code}"], "public", own)


def _is_return_of(one: Row, code: str) -> bool:
    return one.table.startswith("returns.") and one.values.get("organisation_code") == code


def _attack(sector: Random, parts: list[Part], known: list[set[Part]], reader: str, own: set[Part]) -> None:
    wanted = [of for of in secrets(sector, parts, reader) if not of & own]
    for of, width in zip(wanted, widths(parts, known, wanted, own), strict=True):
        value = sum(part.value for part in of)
        level = max(1.0, 0.2 * value)
        assert width >= level - 1e-6, f"{reader} finds {value} to within {width}: {sorted(of, key=str)}"
