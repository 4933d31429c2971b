"""Published rows as a report is given them, with defaults for whatever a test does not speak of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from impact.periods import Period, parse_period
from impact.reports.audiences import (
    Audience,
    AudienceRows,
    DeliveryModelFigure,
    Disclosure,
    Indicator,
    OrganisationFigure,
    ReturnState,
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
GROWTH = Indicator("savings_from_growth", "From growth", "savings", "GBP", "none", False, "Of growth.", "Treasury")
TOPICS = (SURVEY, ABSENCE, SAVINGS)
INDICATORS = (ENGAGEMENT, RATE, DAYS, NET, KEPT, GROWTH)

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

NOT_AUDITED = Disclosure(is_audited=False, cells=0, withheld=())
AUDITED = Disclosure(is_audited=True, cells=9, withheld=(Withheld("too few answers", 2), Withheld("too few posts", 1)))

_NO_PEERS = {"peer_group": "[z]", "peers": "[z]", "peer_value": "[z]", "peer_median": "[z]"}
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


def state(said: str, of: Topic = ABSENCE, who: str = "Alpha Care CIC") -> ReturnState:
    return ReturnState("M001" if who == "Alpha Care CIC" else who, who, of.id, of.title, said)


def rows(
    *organisations: OrganisationFigure,
    kind: str = "commissioner",
    models: Sequence[DeliveryModelFigure] = (),
    states: Sequence[ReturnState] = (),
    history: Sequence[OrganisationFigure] = (),
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
        return_states=tuple(states),
        history=tuple(history),
    )
