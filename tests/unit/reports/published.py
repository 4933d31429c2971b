"""Published rows as a report is given them, with defaults for whatever a test does not speak of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from impact.periods import Period, parse_period
from impact.reports.audience_rows import (
    Audience,
    AudienceRows,
    BeforeAfter,
    Coverage,
    DeliveryModelFigure,
    Disclosure,
    Effect,
    GroupFigure,
    Indicator,
    OrganisationFigure,
    OverTimePoint,
    PresentValue,
    ReturnState,
    SavingFigure,
    Topic,
    Withheld,
)

HOSTILE = '<script>alert("x")</script> & \u202ecod \U0001f600 ' + "n" * 250
PUBLISHED_ON = date(2026, 7, 20)

SURVEY, ABSENCE, SAVINGS = (
    Topic("staff_survey", "Staff survey"),
    Topic("sickness_absence", "Sickness absence"),
    Topic("savings", "Savings"),
)
ENGAGEMENT = Indicator(
    "staff_engagement", "Engagement", "staff_survey", "points", "higher_is_better", True, "Nine answers.", "NHS Survey"
)
RATE = Indicator(
    "sickness_absence_rate",
    "Absence rate",
    "sickness_absence",
    "%",
    "lower_is_better",
    True,
    "Days lost.",
    "NHS England",
)
USERS = Topic("service_user_survey", "Service-user survey")
SATISFACTION = Indicator(
    "user_satisfaction",
    "User satisfaction",
    "service_user_survey",
    "%",
    "higher_is_better",
    True,
    "Good answers.",
    "NHS England",
)
DAYS = Indicator(
    "sick_days_per_fte", "Sick days", "sickness_absence", "days", "lower_is_better", True, "Days a post.", "ONS"
)
NET = Indicator(
    "net_savings", "Net savings", "savings", "GBP", "higher_is_better", False, "Pounds less costs.", "Treasury"
)
KEPT = Indicator(
    "net_savings_to_commissioner",
    "Net savings to you",
    "savings",
    "GBP",
    "higher_is_better",
    False,
    "Kept.",
    "Treasury",
)
SHARE = Indicator(
    "savings_share_of_contract",
    "Verified share of contract value",
    "savings",
    "%",
    "higher_is_better",
    True,
    "Of contracts.",
    "Treasury",
)
GROWTH = Indicator("savings_from_growth", "From growth", "savings", "GBP", "none", False, "Of growth.", "Treasury")
TOPICS = (SURVEY, ABSENCE, USERS, SAVINGS)
INDICATORS = (ENGAGEMENT, RATE, DAYS, SATISFACTION, NET, KEPT, SHARE, GROWTH)

AUDIENCES = {
    "public": Audience("public", "public", "the public"),
    "commissioner": Audience("commissioner-C1", "commissioner", "Alphashire"),
    "organisation": Audience("organisation-M001", "organisation", "Alpha Care CIC"),
}

_ALPHA = OrganisationFigure(
    grain="rolling_year",
    period_id="2026-Q1",
    period_start_on=date(2025, 4, 1),
    period_end_on=date(2026, 3, 31),
    topic="sickness_absence",
    indicator_id="sickness_absence_rate",
    indicator_name="Absence rate",
    unit="%",
    organisation_code="M001",
    organisation_name="Alpha Care CIC",
    delivery_model="mutual",
    sector="adult_social_care",
    basis="calendar_days",
    basis_name="calendar days",
    value="4.10",
    lower_95="[z]",
    upper_95="[z]",
    denominator="100000",
    months_reported=12,
    months_expected=12,
    peer_group="same delivery model and sector",
    peers="12",
    peer_value="4.20",
    peer_median="4.00",
    peer_lower_quartile="3.50",
    peer_upper_quartile="4.50",
    peer_note="",
    expected_lower="3.20",
    expected_upper="5.00",
    expected_lower_998="2.70",
    expected_upper_998="5.50",
    verdict="similar",
    verdict_note="",
    variation="[z]",
    variation_note="",
    assurance="[z]",
    source="return",
    is_public=False,
)

_MUTUALS = DeliveryModelFigure(
    grain="rolling_year",
    period_id="2026-Q1",
    period_start_on=date(2025, 4, 1),
    period_end_on=date(2026, 3, 31),
    topic="sickness_absence",
    indicator_id="sickness_absence_rate",
    indicator_name="Absence rate",
    unit="%",
    sector="adult_social_care",
    basis="calendar_days",
    basis_name="calendar days",
    delivery_model="mutual",
    organisations=12,
    organisations_registered=13,
    months_reported=140,
    months_expected=144,
    numerator="4100.00",
    denominator="100000.00",
    value="4.10",
    value_with_unclassified="[z]",
    median="4.00",
    lower_quartile="3.50",
    upper_quartile="4.50",
    note="",
    is_public=False,
)

_OF_MODELS = frozenset(DeliveryModelFigure.__dataclass_fields__)

_EFFECT = Effect(
    kind="spin_out",
    period_id="2026-Q1",
    topic="sickness_absence",
    indicator_id="sickness_absence_rate",
    indicator_name="Absence rate",
    unit="%",
    basis="calendar_days",
    basis_name="calendar days",
    organisations=10,
    effect="-0.40",
    lower_95="-0.60",
    upper_95="-0.20",
    word="fell",
    judged="improved",
    trends="ran together",
)

_BEFORE_AFTER = BeforeAfter(
    period_id="2026-Q1",
    topic="sickness_absence",
    indicator_id="sickness_absence_rate",
    indicator_name="Absence rate",
    unit="%",
    organisation_code="M001",
    organisation_name="Alpha Care CIC",
    basis="calendar_days",
    basis_name="calendar days",
    spun_out_on=date(2024, 10, 1),
    before_value="5.20",
    after_value="4.60",
    parts_matched=12,
    difference="-0.60",
    lower_95="-0.90",
    upper_95="-0.30",
    comparators=14,
    comparator_difference="-0.10",
    effect="-0.50",
    source="own earlier returns",
    note="",
)

_SAVING = SavingFigure(
    grain="rolling_year",
    period_id="2026-Q1",
    organisation_code="M001",
    organisation_name="Alpha Care CIC",
    type="cash_releasing",
    split="type",
    part="cash_releasing",
    nominal="120000",
    real="118000",
    price_base_year="2025-26",
    deflator_vintage="2025-12",
    note="",
)
_POINT = OverTimePoint(
    topic="sickness_absence",
    indicator_id="sickness_absence_rate",
    indicator_name="Absence rate",
    unit="%",
    organisation_code="M001",
    organisation_name="Alpha Care CIC",
    delivery_model="mutual",
    sector="adult_social_care",
    basis="calendar_days",
    basis_name="calendar days",
    point="2026-03",
    point_start_on=date(2026, 3, 1),
    point_end_on=date(2026, 3, 31),
    value="4.10",
    charted="value",
    charted_value="4.10",
    centre="[z]",
    lower_process_limit="[z]",
    upper_process_limit="[z]",
    special_cause="[z]",
    limits_note="too few points",
    peer_group="[z]",
    part=1,
    rebased_on="[z]",
    rebased_because="",
    source="return",
    is_public=False,
)

NOT_AUDITED = Disclosure(is_audited=False, cells=0, withheld=())
AUDITED = Disclosure(is_audited=True, cells=9, withheld=(Withheld("too few answers", 2), Withheld("too few posts", 1)))

_NO_PEERS = {"peer_group": "[z]", "peers": "[z]", "peer_value": "[z]", "peer_median": "[z]"}
_NO_VERDICT = dict.fromkeys(
    ("expected_lower", "expected_upper", "expected_lower_998", "expected_upper_998", "verdict"), "[z]"
)
_NO_QUARTILES = {"peer_lower_quartile": "[z]", "peer_upper_quartile": "[z]"}


def quarter() -> Period:
    period = parse_period("2026-Q1")
    assert period is not None
    return period


def figure(
    value: str = "4.10", of: Indicator = RATE, *, who: str = "Alpha Care CIC", **fields: object
) -> OrganisationFigure:
    """A figure of Alpha Care for the year to March 2026; of another organisation it has a code of its own."""
    peers: dict[str, object] = {} if of.is_compared else {**_NO_PEERS, **_NO_QUARTILES, "peer_note": "not compared"}
    if not of.is_compared or fields.get("grain") == "quarter" or value.startswith("["):
        peers |= _NO_VERDICT
    about: dict[str, object] = {
        "topic": of.topic,
        "indicator_id": of.id,
        "indicator_name": of.name,
        "unit": of.unit,
        "organisation_name": who,
        "organisation_code": "M001" if who == "Alpha Care CIC" else who,
        "value": value,
    }
    return replace(_ALPHA, **{**about, **peers, **fields})  # type: ignore[arg-type]


def model(value: str = "4.10", of: Indicator = RATE, **fields: object) -> DeliveryModelFigure:
    """The figure of the mutuals of adult social care for the year to March 2026."""
    about: dict[str, object] = {"topic": of.topic, "indicator_id": of.id, "indicator_name": of.name, "unit": of.unit}
    if of.unit == "GBP":
        about |= {"median": "1000", "lower_quartile": "-2000", "upper_quartile": "30000"}
    return replace(_MUTUALS, **{**about, "value": value, **fields})  # type: ignore[arg-type]


def area(value: str = "4.10", of: Indicator = RATE, **fields: object) -> GroupFigure:
    """The figure of the mutuals of Alphashire for the year to March 2026."""
    shared = {name: getattr(model(value, of), name) for name in GroupFigure.__dataclass_fields__ if name in _OF_MODELS}
    made = GroupFigure(kind="area", scope="area:B1", scope_name="Alphashire", **shared)
    return replace(made, **fields)  # type: ignore[arg-type]


def band(value: str = "4.10", of: Indicator = RATE, **fields: object) -> GroupFigure:
    """The figure of the mutuals of which staff own three quarters and more."""
    return area(value, of, **{"kind": "ownership", "scope": "owned:75", "scope_name": "75% and more", **fields})


def coverage(of: Topic = ABSENCE, **fields: object) -> Coverage:
    """Of 15 mutuals that ever reported 12 still do."""
    counts = (14, 13, 15, 2, 1, 12)
    made = Coverage(
        "2026-Q1", of.id, "all_sectors", "sectors_of_mutuals", "all sectors with mutuals", "mutual", *counts
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def effect(word: str = "fell", of: Indicator = RATE, **fields: object) -> Effect:
    """What goes with spinning out over ten mutuals."""
    about: dict[str, object] = {"topic": of.topic, "indicator_id": of.id, "indicator_name": of.name, "unit": of.unit}
    return replace(_EFFECT, **{**about, "word": word, **fields})  # type: ignore[arg-type]


def before_after(of: Indicator = RATE, *, who: str = "Alpha Care CIC", **fields: object) -> BeforeAfter:
    """Alpha Care before and after it spun out in October 2024."""
    about: dict[str, object] = {
        "topic": of.topic,
        "indicator_id": of.id,
        "indicator_name": of.name,
        "unit": of.unit,
        "organisation_name": who,
        "organisation_code": "M001" if who == "Alpha Care CIC" else who,
    }
    return replace(_BEFORE_AFTER, **{**about, **fields})  # type: ignore[arg-type]


def saving(
    nominal: str = "120000",
    real: str = "118000",
    *,
    who: str = "Alpha Care CIC",
    of_type: str = "cash_releasing",
    split: str = "type",
    part: str = "",
    **fields: object,
) -> SavingFigure:
    """Cash-releasing savings of Alpha Care in the year to March 2026, in all."""
    about: dict[str, object] = {
        "organisation_name": who,
        "organisation_code": "M001" if who == "Alpha Care CIC" else who,
        "type": of_type,
        "split": split,
        "part": part or of_type,
        "nominal": nominal,
        "real": real,
    }
    return replace(_SAVING, **{**about, **fields})  # type: ignore[arg-type]


def present_value(value: str = "110000", *, who: str = "Alpha Care CIC", **fields: object) -> PresentValue:
    """What the cash-releasing savings of Alpha Care are worth as at 2023-24."""
    code = "M001" if who == "Alpha Care CIC" else who
    years = ("2023-24", "2025-26")
    made = PresentValue("2026-Q1", code, who, "ALL", *years, "125000", "120000", value, "80000", "2003-04-01", "")
    return replace(made, **fields)  # type: ignore[arg-type]


def over_time(value: str = "4.10", point: str = "2026-03", of: Indicator = RATE, **fields: object) -> OverTimePoint:
    """A point of Alpha Care's chart, without limits."""
    about: dict[str, object] = {"topic": of.topic, "indicator_id": of.id, "indicator_name": of.name, "unit": of.unit}
    period = parse_period(point)
    assert period is not None
    about |= {"point": point, "point_start_on": period.start_on, "point_end_on": period.end_on}
    return replace(_POINT, **{**about, "value": value, "charted_value": value, **fields})  # type: ignore[arg-type]


def state(said: str, of: Topic = ABSENCE, who: str = "Alpha Care CIC") -> ReturnState:
    return ReturnState("M001" if who == "Alpha Care CIC" else who, who, of.id, of.title, said)


def rows(
    *organisations: OrganisationFigure,
    kind: str = "commissioner",
    models: Sequence[DeliveryModelFigure] = (),
    states: Sequence[ReturnState] = (),
    history: Sequence[OrganisationFigure] = (),
    effects: Sequence[Effect] = (),
    before_after: Sequence[BeforeAfter] = (),
    savings: Sequence[SavingFigure] = (),
    present_values: Sequence[PresentValue] = (),
    points: Sequence[OverTimePoint] = (),
    groups: Sequence[GroupFigure] = (),
    coverage: Sequence[Coverage] = (),
    disclosure: Disclosure = NOT_AUDITED,
) -> AudienceRows:
    return AudienceRows(
        audience=AUDIENCES[kind],
        disclosure=disclosure,
        peers_for_median=5,
        peers_for_quartiles=10,
        topics=TOPICS,
        indicators=INDICATORS,
        publishers=(),
        organisations=organisations,
        delivery_models=tuple(models),
        effects=tuple(effects),
        before_after=tuple(before_after),
        savings=tuple(savings),
        present_values=tuple(present_values),
        return_states=tuple(states),
        history=tuple(history),
        over_time=tuple(points),
        groups=tuple(groups),
        coverage=tuple(coverage),
    )
