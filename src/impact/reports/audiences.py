"""A database of its own for each audience, holding that audience's rows and nothing else, and what is read from it.

What may not leave is not in the file that a report is drawn from. Who may see what is decided in sql/published, what is
withheld in sql/disclosure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from impact.home import Home
from impact.places import quoted
from impact.release import open_release
from impact.reports.names import told_apart

TABLES = (
    "organisation_figure",
    "delivery_model_figure",
    "effect",
    "before_after",
    "saving_figure",
    "present_value",
    "return_state",
    "over_time",
    "group_figure",
    "coverage",
)
"""The tables of sql/published that have an audience. They hold texts as they are printed."""
_OF_DISCLOSURE = ("tally", "audited")
_OPEN_TO_ALL = ("reference.feeds", "reference.indicators", "reference.settings", "register.publishers")


@dataclass(frozen=True)
class Audience:
    """`id` names its folder; `kind` is `public`, `commissioner` or `organisation`."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Indicator:
    """What a reader must know of an indicator."""

    id: str
    name: str
    topic: str
    unit: str
    polarity: str
    is_compared: bool
    definition: str
    method: str
    is_in_claim: bool = False


@dataclass(frozen=True)
class Topic:
    """What a section of a report is about: a feed, by its name and title."""

    id: str
    title: str


@dataclass(frozen=True)
class Publisher:
    """Whose official figures a page may hold, and under which licence."""

    name: str
    page: str
    licence: str
    note: str


@dataclass(frozen=True)
class OrganisationFigure:
    """A row of published.organisation_figure. Figures are texts as printed; shorthand where there is none."""

    grain: str
    period_id: str
    period_start_on: date
    period_end_on: date
    topic: str
    indicator_id: str
    indicator_name: str
    unit: str
    organisation_code: str
    organisation_name: str
    delivery_model: str
    sector: str
    basis: str
    basis_name: str
    value: str
    lower_95: str
    upper_95: str
    denominator: str
    months_reported: int
    months_expected: int
    peer_group: str
    peers: str
    peer_value: str
    peer_median: str
    peer_lower_quartile: str
    peer_upper_quartile: str
    peer_note: str
    expected_lower: str
    expected_upper: str
    expected_lower_998: str
    expected_upper_998: str
    verdict: str
    verdict_note: str
    variation: str
    variation_note: str
    assurance: str
    source: str
    is_public: bool


@dataclass(frozen=True)
class Effect:
    """A row of published.effect: what goes with spinning out, or with ten more points of staff ownership, across
    organisations. `effect` and its limits are in the unit of the indicator, points for per cent."""

    kind: str
    period_id: str
    topic: str
    indicator_id: str
    indicator_name: str
    unit: str
    basis: str
    basis_name: str
    organisations: int
    effect: str
    lower_95: str
    upper_95: str
    word: str
    judged: str
    trends: str


@dataclass(frozen=True)
class BeforeAfter:
    """A row of published.before_after: one mutual before and after it spun out, beside others in the same months."""

    period_id: str
    topic: str
    indicator_id: str
    indicator_name: str
    unit: str
    organisation_code: str
    organisation_name: str
    basis: str
    basis_name: str
    spun_out_on: date
    before_value: str
    after_value: str
    parts_matched: int
    difference: str
    lower_95: str
    upper_95: str
    comparators: int
    comparator_difference: str
    effect: str
    source: str
    note: str


@dataclass(frozen=True)
class SavingFigure:
    """A row of published.saving_figure: savings of one type, in all or by what `split` says, in pounds."""

    grain: str
    period_id: str
    organisation_code: str
    organisation_name: str
    type: str
    split: str
    part: str
    nominal: str
    real: str
    price_base_year: str
    deflator_vintage: str
    note: str


@dataclass(frozen=True)
class PresentValue:
    """A row of published.present_value: net cash-releasing savings on record, in pounds, as at their first year."""

    period_id: str
    organisation_code: str
    organisation_name: str
    benefit_to: str
    first_year: str
    last_year: str
    nominal: str
    real: str
    present_value: str
    verified: str
    rates_from: str
    note: str


@dataclass(frozen=True)
class DeliveryModelFigure:
    """A row of published.delivery_model_figure."""

    grain: str
    period_id: str
    period_start_on: date
    period_end_on: date
    topic: str
    indicator_id: str
    indicator_name: str
    unit: str
    sector: str
    basis: str
    basis_name: str
    delivery_model: str
    organisations: int
    organisations_registered: int
    months_reported: int
    months_expected: int
    numerator: str
    denominator: str
    value: str
    value_with_unclassified: str
    median: str
    lower_quartile: str
    upper_quartile: str
    note: str
    is_public: bool


@dataclass(frozen=True)
class GroupFigure:
    """A row of published.group_figure that is not of a sector: a delivery model in the area of a combined authority
    (kind `area`), or mutuals of which staff own so much (`ownership`). `scope_name` is that area's, or what the band
    is."""

    kind: str
    grain: str
    period_id: str
    period_start_on: date
    period_end_on: date
    topic: str
    indicator_id: str
    indicator_name: str
    unit: str
    scope: str
    scope_name: str
    basis: str
    basis_name: str
    delivery_model: str
    organisations: int
    organisations_registered: int
    months_reported: int
    months_expected: int
    numerator: str
    denominator: str
    value: str
    value_with_unclassified: str
    median: str
    lower_quartile: str
    upper_quartile: str
    note: str
    is_public: bool


@dataclass(frozen=True)
class Coverage:
    """A row of published.coverage: of how many organisations of a delivery model the figures of a topic are, in all
    sectors with mutuals (kind `all_sectors`) or in the area of a combined authority (`area`)."""

    period_id: str
    topic: str
    kind: str
    scope: str
    scope_name: str
    delivery_model: str
    organisations_registered: int
    organisations_reporting: int
    organisations_started: int
    organisations_closed: int
    organisations_stopped: int
    organisations_still_reporting: int


@dataclass(frozen=True)
class ReturnState:
    """A row of published.return_state: what has come of a return that is owed for the quarter."""

    organisation_code: str
    organisation_name: str
    feed: str
    feed_title: str
    state: str


@dataclass(frozen=True)
class OverTimePoint:
    """A row of published.over_time: a point of a chart over time, `point` its month or quarter. What is `charted` is
    the value, or the residual: how far it lies from what the values of peers lead one to expect. Limits are those of
    its part; where there are none, `limits_note` says why. Parts count from 1; one begins where limits do, for a
    reason. A special cause is one of benchmarks.xmr, or shorthand."""

    topic: str
    indicator_id: str
    indicator_name: str
    unit: str
    organisation_code: str
    organisation_name: str
    delivery_model: str
    sector: str
    basis: str
    basis_name: str
    point: str
    point_start_on: date
    point_end_on: date
    value: str
    charted: str
    charted_value: str
    centre: str
    lower_process_limit: str
    upper_process_limit: str
    special_cause: str
    limits_note: str
    peer_group: str
    part: int
    rebased_on: str
    rebased_because: str
    source: str
    is_public: bool


@dataclass(frozen=True)
class Withheld:
    """How many cells of a page are withheld for one reason."""

    reason: str
    cells: int


@dataclass(frozen=True)
class Disclosure:
    """What disclosure control made of a page: how many cells there are, those withheld by reason, and whether the audit
    of what its readers could work out was made and found nothing that this publication would give away."""

    is_audited: bool
    cells: int
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True)
class AudienceRows:
    """All that one audience may read of one period. `history` holds an organisation's own quarters up to it."""

    audience: Audience
    disclosure: Disclosure
    peers_for_median: int
    peers_for_quartiles: int
    topics: tuple[Topic, ...]
    indicators: tuple[Indicator, ...]
    publishers: tuple[Publisher, ...]
    organisations: tuple[OrganisationFigure, ...]
    delivery_models: tuple[DeliveryModelFigure, ...]
    effects: tuple[Effect, ...]
    before_after: tuple[BeforeAfter, ...]
    savings: tuple[SavingFigure, ...]
    present_values: tuple[PresentValue, ...]
    return_states: tuple[ReturnState, ...]
    history: tuple[OrganisationFigure, ...]
    over_time: tuple[OverTimePoint, ...]
    groups: tuple[GroupFigure, ...]
    coverage: tuple[Coverage, ...]

    @property
    def is_public(self) -> bool:
        """Whether every figure in it is public already, and so free to release."""
        flags = [row.is_public for row in (*self.organisations, *self.history)]
        flags += [row.is_public for row in self.delivery_models]
        flags += [row.is_public for row in self.over_time]
        flags += [row.is_public for row in self.groups]
        others = (self.return_states, self.effects, self.before_after, self.savings, self.present_values)
        return bool(flags) and all(flags) and not any(others)


def read_audiences(home: Home, period_id: str) -> Iterator[AudienceRows]:
    """The rows of each audience in turn, each read from a database that holds that audience's rows and no other's. A
    mutual that was not at work in the quarter is no audience of it."""
    with open_release(home) as release:
        audiences = release.execute(
            "select audience, kind, name from published.audience as audiences where kind <> 'organisation' or exists ("
            "select 1 from published.named as named where named.audience = audiences.audience "
            "and named.grain = 'quarter' and named.period_id = ?) order by audience",
            [period_id],
        ).fetchall()
    with duckdb.connect(config={"threads": 1}) as database:
        for row in audiences:
            audience = Audience(*row)
            _fill(database, home, audience, period_id)
            yield with_names_told_apart(_read(database, audience, period_id))


def with_names_told_apart(rows: AudienceRows) -> AudienceRows:
    """The same rows, in which no two organisations have the same name."""
    of_organisations = {
        name: held
        for name in AudienceRows.__dataclass_fields__
        if isinstance(held := getattr(rows, name), tuple) and held and hasattr(held[0], "organisation_code")
    }
    names = {row.organisation_code: row.organisation_name for held in of_organisations.values() for row in held}
    changed = {code: name for code, name in told_apart(names).items() if name != names[code]}
    if not changed:
        return rows
    told: dict[str, Any] = {
        field: tuple(
            replace(row, organisation_name=changed.get(row.organisation_code, row.organisation_name)) for row in held
        )
        for field, held in of_organisations.items()
    }
    return replace(rows, **told)


def _fill(database: duckdb.DuckDBPyConnection, home: Home, audience: Audience, period_id: str) -> None:
    """Put this audience's rows of the period, and for an organisation of its quarters before, in place of those of the
    audience before; then the release is out of reach again."""
    database.execute(f"attach {quoted(home.release)} as release (read_only)")
    for table in TABLES:
        is_wanted = "period_id = ?"
        if audience.kind == "organisation" and table == "organisation_figure":
            is_wanted = "(period_id = ? or (grain = 'quarter' and period_id <= ?))"
        database.execute(
            f"create or replace table {table} as select * exclude (audience) from release.published.{table} "
            f"where audience = ? and {is_wanted}",
            [audience.id, *[period_id] * is_wanted.count("?")],
        )
    for table in _OF_DISCLOSURE:
        database.execute(
            f"create or replace table {table} as select * exclude (audience) from release.disclosure.{table} "
            "where audience = ?",
            [audience.id],
        )
    for table in _OPEN_TO_ALL:
        database.execute(f"create table if not exists {table.split('.')[1]} as select * from release.{table}")
    database.execute("detach release")


def columns_of(record: type[Any]) -> str:
    """The columns of a table, as the fields of its record name them."""
    return ", ".join(f'"{name}"' for name in record.__dataclass_fields__)


def _read(database: duckdb.DuckDBPyConnection, audience: Audience, period_id: str) -> AudienceRows:
    def rows(query: str, *parameters: str) -> list[tuple[Any, ...]]:
        return database.execute(query, list(parameters)).fetchall()

    settings = dict(rows("select name, value from settings"))
    organisation_columns = columns_of(OrganisationFigure)
    organisation_order = (
        "grain, indicator_id, delivery_model <> 'mutual', delivery_model, organisation_name, organisation_code, basis"
    )
    tally = rows("select reason, cells from tally order by reason")
    return AudienceRows(
        audience=audience,
        disclosure=Disclosure(
            is_audited=rows("select worked_out from audited") == [(0,)],
            cells=sum(cells for _, cells in tally),
            withheld=tuple(Withheld(reason, cells) for reason, cells in tally if reason),
        ),
        peers_for_median=int(settings["peers_for_median"]),
        peers_for_quartiles=int(settings["peers_for_quartiles"]),
        topics=tuple(
            Topic(*row)
            for row in rows(
                "select feed, title from feeds where feed in (select feeds[1] from indicators) order by place, feed"
            )
        ),
        indicators=tuple(
            Indicator(*row)
            for row in rows(
                "select indicator_id, name, feeds[1], unit, polarity, is_compared, definition, method, is_in_claim "
                "from indicators "
                "order by feeds[1], place, indicator_id"
            )
        ),
        publishers=tuple(
            Publisher(*row)
            for row in rows(
                "select distinct name, coalesce(page, ''), licence, coalesce(note, '') from publishers "
                "where exists (select 1 from organisation_figure where source = 'official') order by all"
            )
        ),
        organisations=tuple(
            OrganisationFigure(*row)
            for row in rows(
                f"select {organisation_columns} from organisation_figure where period_id = ? "
                f"order by {organisation_order}",
                period_id,
            )
        ),
        delivery_models=tuple(
            DeliveryModelFigure(*row)
            for row in rows(
                f"select {columns_of(DeliveryModelFigure)} from delivery_model_figure "
                "order by grain, indicator_id, sector <> 'sectors_of_mutuals', sector, basis, "
                "delivery_model <> 'mutual', delivery_model"
            )
        ),
        effects=tuple(
            Effect(*row)
            for row in rows(f"select {columns_of(Effect)} from effect order by indicator_id, kind desc, basis")
        ),
        before_after=tuple(
            BeforeAfter(*row)
            for row in rows(
                f"select {columns_of(BeforeAfter)} from before_after order by indicator_id, organisation_code, basis"
            )
        ),
        savings=tuple(
            SavingFigure(*row)
            for row in rows(
                f"select {columns_of(SavingFigure)} from saving_figure "
                "order by grain, organisation_name, organisation_code, split, type, part"
            )
        ),
        present_values=tuple(
            PresentValue(*row)
            for row in rows(
                f"select {columns_of(PresentValue)} from present_value "
                "order by organisation_name, organisation_code, benefit_to"
            )
        ),
        return_states=tuple(
            ReturnState(*row)
            for row in rows(
                f"select {columns_of(ReturnState)} from return_state "
                "order by organisation_name, organisation_code, (select place from feeds where feeds.feed = "
                "return_state.feed), feed"
            )
        ),
        history=tuple(
            OrganisationFigure(*row)
            for row in rows(
                f"select {organisation_columns} from organisation_figure where grain = 'quarter' "
                f"and {str(audience.kind == 'organisation').lower()} order by period_id, {organisation_order}"
            )
        ),
        over_time=tuple(
            OverTimePoint(*row)
            for row in rows(
                f"select {columns_of(OverTimePoint)} from over_time "
                "order by indicator_id, organisation_name, organisation_code, basis, point_start_on"
            )
        ),
        groups=tuple(
            GroupFigure(*row)
            for row in rows(
                f"select {columns_of(GroupFigure)} from group_figure where kind in ('area', 'ownership') "
                "order by kind, indicator_id, case when kind = 'area' then scope_name end, length(scope), scope, "
                "basis, delivery_model <> 'mutual', delivery_model"
            )
        ),
        coverage=tuple(
            Coverage(*row)
            for row in rows(
                f"select {columns_of(Coverage)} from coverage "
                "order by kind <> 'all_sectors', scope_name, scope, topic, delivery_model <> 'mutual', delivery_model"
            )
        ),
    )
