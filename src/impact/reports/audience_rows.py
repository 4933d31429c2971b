"""What one audience may read of a period, as records: a folder is drawn from these and from nothing else. How they are
read is for `audiences`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from impact.reports.wording import unit_sign

Holds = Mapping[str, Sequence[str]]
"""Of one audience, why it sees organisations by name -> the codes of those."""


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

    @property
    def label(self) -> str:
        """Its name with the unit of its figures: `Absence rate (%)`."""
        return f"{self.name} ({unit_sign(self.unit)})"


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

    def count(self) -> int:
        """How many rows there are."""
        return sum(len(held) for name in self.__dataclass_fields__ if isinstance(held := getattr(self, name), tuple))
