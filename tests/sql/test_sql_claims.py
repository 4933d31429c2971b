"""Every claim of sql/ (`*.test.sql`) can fail: whatever damages a table in the way it speaks of gives it rows."""

from collections.abc import Iterator
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

import duckdb
import pytest

from impact.models import SCHEMAS, Claim, claims, models
from tests.sql.tables import (
    SETTINGS,
    Row,
    absence,
    answers,
    asked,
    build,
    commissioner,
    contract,
    deflators,
    discount_rates,
    instrument,
    months,
    nil,
    official,
    organisation,
    row,
    run,
    saving,
    scored,
    serves,
    tables,
)

CLAIMS = {f"{claim.model}__{claim.claim}": claim for claim in claims()}

_TOTALS = "update benchmarks.saving_total"
_FIGURE = "published.organisation_figure"
_POINT = "published.over_time"
_COPY_OF_A_POINT = f"""
    insert into {_POINT}
    select '{{audience}}' as audience, * exclude (audience) from {_POINT}
    where organisation_code = '{{code}}' limit 1
"""
_COPY_OF_A_FIGURE = f"""
    insert into {_FIGURE}
    select '{{audience}}' as audience, * exclude (audience) from {_FIGURE}
    where organisation_code = '{{code}}' and source = '{{source}}' and grain = 'quarter' limit 1
"""


def _compared(**other: object) -> str:
    """A verdict's columns as if it had been compared, but for what is other."""
    limits = {"benchmark": 65, "lower_95": 60, "upper_95": 70, "lower_99_8": 50, "upper_99_8": 90}
    values = {"why_not_compared": "", "peers": 9, **limits, "value": 66, "verdict": "similar", **other}
    return ", ".join(f"{name} = {value!r}" for name, value in values.items())


_LIMITS = """
    centre = 5, lower_process_limit = {lower}, lower_near_limit = {near}, upper_near_limit = 8, upper_process_limit = 9
"""
_ASSURANCE = """
    insert into benchmarks.assurance (target, lower_process_limit, upper_process_limit, assurance, why)
    values ({target}, {lower}, {upper}, '{said}', '{why}')
"""

DAMAGES = {
    "measures.all_feeds__has_one_value_a_key": [
        "insert into measures.all_feeds select * from measures.all_feeds limit 1",
        "insert into measures.all_feeds select * replace (value + 1 as value) from measures.all_feeds limit 1",
        "insert into measures.all_feeds select * replace ('again' as receipt) from measures.all_feeds limit 1",
    ],
    "measures.all_feeds__holds_every_row_that_receipts_kept": [
        "delete from measures.all_feeds",
        "delete from measures.all_feeds where organisation_code = 'M1' and period_start_on = '2026-02-01'",
        "delete from measures.all_feeds where feed = 'staff_survey' and measure = 'n_scored'",
        "delete from measures.all_feeds where feed = 'service_user_survey' and measure = 'n_dont_know'",
        "delete from measures.all_feeds where feed = 'savings' and measure = 'planned_gbp'",
        "update measures.all_feeds set value = 0 where feed = 'savings' and measure = 'actual_to_date_gbp'",
        "delete from measures.all_feeds where source = 'official' and measure = 'fte_days_available'",
        "insert into measures.all_feeds select * from measures.all_feeds where measure = 'fte_days_lost' limit 1",
        "update measures.all_feeds set value = value + 0.00000000000001 where receipt = 'M1 sickness_absence 2026-Q1'",
        "update measures.all_feeds set receipt = replace(receipt, 'M2', 'M1') where feed = 'sickness_absence'",
    ],
    "measures.nhs_sickness_absence__recomputes_every_published_rate": [
        "update returns.nhs_sickness_absence set published_rate_percent = published_rate_percent + 0.01",
        "update returns.nhs_sickness_absence set fte_days_lost = fte_days_lost * 1.01",
        "update returns.nhs_sickness_absence set fte_days_available = fte_days_available * 1.01",
    ],
    "indicators.organisation_indicator__expects_no_more_months_than_there_are": [
        "update indicators.organisation_indicator set months_reported = 4 where grain = 'quarter'",
        "update indicators.organisation_indicator set months_expected = 2 where grain = 'quarter'",
        "update indicators.organisation_indicator set months_expected = 4 where grain = 'quarter'",
        "update indicators.organisation_indicator set months_reported = 0, months_expected = 0",
        "update indicators.organisation_indicator set months_reported = -2, months_expected = -1",
    ],
    "indicators.organisation_indicator__uses_all_that_is_counted": [
        "delete from indicators.organisation_indicator where organisation_code = 'M1' and period_id = '2026-02'",
        "delete from indicators.organisation_indicator where source = 'official' and period_id = '2026-02'",
        "delete from indicators.organisation_indicator where source = 'official'",
        "delete from indicators.organisation_indicator",
        "update indicators.organisation_indicator set numerator = numerator + 0.00000000000001 where grain = 'month'",
        "update indicators.organisation_indicator set denominator = denominator - 1 where grain = 'month'",
        "insert into indicators.organisation_indicator select * from indicators.organisation_indicator",
        *(
            f"update indicators.organisation_indicator set {part} = {part} + 1 where indicator_id = '{indicator}' "
            f"and commissioner_code = 'ALL' and grain = '{grain}'"
            for indicator, part, grain in (
                ("user_satisfaction", "numerator", "month"),
                ("user_dissatisfaction", "denominator", "month"),
                ("net_savings", "numerator", "quarter"),
                ("savings_share_of_contract", "denominator", "quarter"),
            )
        ),
        "update indicators.organisation_indicator set commissioner_code = 'ALL' where commissioner_code = 'C1'",
        "update indicators.organisation_indicator set commissioner_code = 'C1' where indicator_id = 'net_savings'",
    ],
    "indicators.organisation_indicator__lies_within_its_interval": [
        f"update indicators.organisation_indicator set {change} where indicator_id = '{indicator}'"
        for indicator in ("staff_satisfaction", "staff_engagement", "user_satisfaction")
        for change in ("value = upper_95 + 0.001", "value = lower_95 - 0.001", "lower_95 = null", "upper_95 = null")
    ]
    + [
        "update indicators.organisation_indicator set lower_95 = null, upper_95 = null where variant = 'core'",
        "update indicators.organisation_indicator set lower_95 = 0, upper_95 = 9 where indicator_id = 'net_savings'",
    ],
    "benchmarks.verdict__agrees_with_its_limits": [
        *(
            f"update benchmarks.verdict set {_compared(**other)} where indicator_id = 'staff_satisfaction'"
            for other in (
                {"verdict": "better"},
                {"value": 80, "verdict": "worse"},
                {"value": 80, "verdict": "much better"},
                {"value": 95, "verdict": "better"},
                {"value": 80, "verdict": "higher"},
                {"benchmark": 75},
                {"lower_99_8": 61},
                {"upper_99_8": 101},
            )
        ),
        *(
            f"update benchmarks.verdict set {_compared(value=value, verdict=verdict)} "
            "where indicator_id = 'sickness_absence_rate'"
            for value, verdict in ((80, "better"), (55, "worse"))
        ),
        f"update benchmarks.verdict set {_compared()} where indicator_id = 'staff_engagement'",
    ],
    "benchmarks.verdict__says_why_where_it_does_not_compare": [
        "update benchmarks.verdict set verdict = 'similar'",
        "update benchmarks.verdict set why_not_compared = ''",
        "update benchmarks.verdict set why_not_compared = '', verdict = 'similar', peers = 9",
        "update benchmarks.verdict set benchmark = 5",
        f"update benchmarks.verdict set {_compared(peers=4)}",
    ],
    "benchmarks.verdict__speaks_of_every_figure_once": [
        "delete from benchmarks.verdict where indicator_id = 'net_savings'",
        "insert into benchmarks.verdict select * from benchmarks.verdict",
        "update benchmarks.verdict set organisation_code = 'M9'",
        "delete from indicators.organisation_indicator where organisation_code = 'M1'",
    ],
    "benchmarks.compared__is_of_one_delivery_model_throughout": [
        "update benchmarks.compared set delivery_model = 'mutual' where period_id = '2025-03'",
        "update register.organisations set spun_out_on = '2025-04-02' where organisation_code = 'N1'",
        "update register.organisations set spun_out_on = '2026-03-31' where organisation_code = 'M1'",
    ],
    "benchmarks.spin_out_part__lies_within_its_windows": [
        "update benchmarks.spin_out_part set before_period_id = '2025-04' where before_period_id is not null",
        "update benchmarks.spin_out_part set before_period_id = '2019-04' where before_period_id is not null",
        "update benchmarks.spin_out_part set after_period_id = '2025-03' where after_period_id is not null",
        "update benchmarks.spin_out_part set after_period_id = '2026-03' where period_id = '2025-Q4'",
        "update benchmarks.spin_out_part set month_of_year = month_of_year + 1",
        "insert into benchmarks.spin_out_part select * from benchmarks.spin_out_part limit 1",
        "update register.organisations set spun_out_on = '2025-07-01' where organisation_code = 'N1'",
    ],
    "benchmarks.spin_out_comparator__did_not_spin_out_meanwhile": [
        "update register.organisations set spun_out_on = '2025-10-01' where organisation_code = 'P3'",
        "update benchmarks.spin_out_comparator set comparator_code = organisation_code",
        "update benchmarks.spin_out_comparator set comparator_code = 'N2' where organisation_code = 'N1'",
    ],
    "benchmarks.spin_out__has_an_effect_or_says_why_not": [
        "update benchmarks.spin_out set why_not = '' where effect is null",
        "update benchmarks.spin_out set effect = null where why_not = ''",
        "update benchmarks.spin_out set comparators = 0",
        "update benchmarks.spin_out set comparator_difference = null",
        "update benchmarks.spin_out set difference = upper_95 + 1",
        "update benchmarks.spin_out set effect = effect_lower_95 - 1",
        "update benchmarks.spin_out set effect_lower_95 = null",
        "update benchmarks.spin_out set trend_before = 'nan'",
        "update benchmarks.spin_out set effect_upper_95 = 'infinity'",
    ],
    "benchmarks.spin_out_effect__claims_no_more_than_its_limits": [
        "update benchmarks.spin_out_effect set organisations = organisations + 1",
        "update benchmarks.spin_out_effect set organisations_spun_out = organisations_spun_out + 1",
        "delete from benchmarks.spin_out where organisation_code = 'N1'",
        "update benchmarks.spin_out_effect set verdict = 'no clear change' where verdict = 'fell'",
        "update benchmarks.spin_out_effect set verdict = 'fell' where verdict = 'too few to say'",
        "update benchmarks.spin_out_effect set upper_95 = 1 where verdict = 'fell'",
        "update benchmarks.spin_out_effect set is_good = null",
        "update benchmarks.spin_out_effect set trends = 'too few to say'",
        "update benchmarks.spin_out_effect set trends = 'ran together'",
        "update benchmarks.spin_out_effect set lower_95 = '-infinity' where verdict = 'fell'",
    ],
    "benchmarks.ownership_slope__claims_no_more_than_its_limits": [
        "update benchmarks.ownership_slope set verdict = 'no clear slope' where verdict = 'falls with ownership'",
        "update benchmarks.ownership_slope set verdict = 'rises with ownership' where upper_95 < 0",
        "update benchmarks.ownership_slope set slope = null",
        "update benchmarks.ownership_slope set slope = upper_95 + 1",
        "update benchmarks.ownership_slope set is_good = null",
        "update benchmarks.ownership_slope set lower_95 = '-infinity'",
    ],
    "benchmarks.delivery_model__counts_every_organisation_once": [
        "delete from benchmarks.delivery_model where delivery_model = 'in_house'",
        "delete from benchmarks.compared where organisation_code = 'M1'",
        "update benchmarks.delivery_model set organisations = organisations + 1",
        "update benchmarks.delivery_model set numerator = numerator + 1",
        "insert into benchmarks.delivery_model select * from benchmarks.delivery_model",
        "update benchmarks.delivery_model set kind = 'all_sectors' where variant = 'core'",
    ],
    "benchmarks.saving_total__adds_up_to_its_sources": [
        f"{_TOTALS} set nominal_gbp = nominal_gbp + 1 where source = 'ALL' and evidence_level = 'ALL'",
        f"{_TOTALS} set real_gbp = real_gbp + 0.0000000001 where source = 'procurement'",
        "delete from benchmarks.saving_total where source <> 'ALL'",
        "insert into benchmarks.saving_total select * from benchmarks.saving_total where type = 'income'",
    ],
    "benchmarks.saving_total__adds_up_to_who_keeps_it": [
        f"{_TOTALS} set real_gbp = real_gbp + 1 where benefit_to = 'ALL'",
        f"{_TOTALS} set nominal_gbp = 0 where benefit_to = 'commissioner'",
        "delete from benchmarks.saving_total where benefit_to = 'ALL'",
    ],
    "benchmarks.saving_total__adds_up_to_its_evidence": [
        f"{_TOTALS} set nominal_gbp = nominal_gbp + 1 where evidence_level = 'finance_verified'",
        f"{_TOTALS} set real_gbp = 0 where evidence_level = 'finance_verified' and benefit_to <> 'ALL'",
        "delete from benchmarks.saving_total where evidence_level = 'finance_verified' and benefit_to = 'commissioner'",
    ],
    "benchmarks.saving_total__is_net_savings_of_the_indicators": [
        f"{_TOTALS} set nominal_gbp = nominal_gbp + 1 where type = 'cash_releasing' and grain = 'rolling_year'",
        f"{_TOTALS} set nominal_gbp = nominal_gbp - 1 where benefit_to = 'commissioner' and commissioner_code = 'C1'",
        "delete from benchmarks.saving_total where type = 'cash_releasing'",
        "delete from indicators.organisation_indicator where indicator_id = 'net_savings_to_commissioner'",
        f"{_TOTALS} set type = 'income' where type = 'cash_releasing' and source = 'ALL'",
    ],
    "benchmarks.saving_total__says_why_where_there_is_no_figure": [
        f"{_TOTALS} set real_gbp = null where source = 'procurement'",
        f"{_TOTALS} set why_not_real = 'no deflator' where type = 'income'",
        f"{_TOTALS} set quarters = 0 where type = 'income'",
        f"{_TOTALS} set savings = null where quarters = 1",
    ],
    "benchmarks.saving_present_value__adds_up_to_its_years": [
        "delete from benchmarks.saving_present_value_year where financial_year = '2025-26'",
        "delete from benchmarks.saving_present_value where commissioner_code = 'C1'",
        "update benchmarks.saving_present_value set present_value_gbp = present_value_gbp + 0.001",
        "update benchmarks.saving_present_value_year set discount_factor = 0.9",
        "update benchmarks.saving_present_value_year set real_gbp = real_gbp + 1",
        "update benchmarks.saving_present_value set first_year = '2024-25'",
    ],
    "benchmarks.saving_present_value__says_why_where_there_is_none": [
        "update benchmarks.saving_present_value set present_value_gbp = null",
        "update benchmarks.saving_present_value set verified_present_value_gbp = null",
        "update benchmarks.saving_present_value set why_none = 'no deflator'",
        "update benchmarks.saving_present_value set present_value_gbp = 'infinity'",
        "update benchmarks.saving_present_value set present_value_gbp = 'nan'",
    ],
    "benchmarks.series__ends_with_its_quarter": [
        "update benchmarks.series set period_end_on = '2026-04-01' where period_id = '2026-03'",
        "update benchmarks.series set period_end_on = '2025-12-31'",
        "update benchmarks.series set as_at_period = '2025-Q4'",
    ],
    "benchmarks.series__has_one_point_a_period": [
        "insert into benchmarks.series select * from benchmarks.series limit 1",
        "update benchmarks.series set place = 0",
    ],
    "benchmarks.series__is_of_what_is_there": [
        "update benchmarks.series set shown_value = shown_value + 1 where source = 'official'",
        "delete from indicators.organisation_indicator where organisation_code = 'M1' and commissioner_code = 'ALL'",
        "update indicators.organisation_indicator set grain = 'rolling_year' where grain = 'quarter'",
    ],
    "benchmarks.xmr__has_every_point_of_a_series": [
        "delete from benchmarks.xmr where series = 1",
        "delete from benchmarks.series where series = 1",
        "update benchmarks.xmr set value = value + 1",
        "update benchmarks.xmr set part = 2 where series = 1",
    ],
    "benchmarks.xmr__claims_nothing_without_limits": [
        "update benchmarks.xmr set special_cause = 'common_cause' where series = 1",
        f"update benchmarks.xmr set points = 12, {_LIMITS.format(lower=1, near=2)}",
        f"update benchmarks.xmr set points = 11, special_cause = 'rising', {_LIMITS.format(lower=1, near=2)}",
        f"update benchmarks.xmr set points = 12, special_cause = 'rising', {_LIMITS.format(lower=2, near=1)}",
        "update benchmarks.xmr set lower_process_limit = 1",
    ],
    "benchmarks.variation__has_one_row_a_chart": [
        "delete from benchmarks.variation where series = 1",
        "delete from benchmarks.series where series = 1",
        "insert into benchmarks.variation select * from benchmarks.variation limit 1",
    ],
    "benchmarks.variation__says_something_or_why_not": [
        "update benchmarks.variation set variation = 'improving'",
        "update benchmarks.variation set why = ''",
        "update benchmarks.variation set why = '', special_cause = 'rising'",
        "update benchmarks.variation set variation = null",
        "update benchmarks.variation set special_cause = 'rising'",
    ],
    "benchmarks.assurance__agrees_with_its_limits": [
        _ASSURANCE.format(target=3, lower=1, upper=2, said="hit or miss", why=""),
        _ASSURANCE.format(target=1.5, lower=1, upper=2, said="consistently met", why=""),
        _ASSURANCE.format(target=3, lower=1, upper=2, said="", why=""),
        _ASSURANCE.format(target=3, lower=1, upper=2, said="consistently met", why="too few points"),
        _ASSURANCE.format(target=3, lower="null", upper="null", said="consistently met", why=""),
    ],
    "disclosure.atom__adds_up_to_every_figure": [
        "delete from disclosure.atom where organisation_code = 'M1' and indicator_id = 'net_savings'",
        "update disclosure.atom set denominator = denominator + 1 where indicator_id = 'user_satisfaction'",
        "update disclosure.atom set commissioners = 'C2' where commissioners = 'C1'",
        "update disclosure.atom set is_in_quarter = false where indicator_id = 'sickness_absence_rate'",
        "insert into disclosure.atom select * from disclosure.atom",
    ],
    "disclosure.audit__no_withheld_cell_can_be_worked_out": [
        """
            insert into disclosure.audit
            select 'public', 'x', 'core', 'x', 'x', 9, 9, 9, 0, 1, false, false
        """,
    ],
    "published.coverage__leaves_nobody_out_who_ever_reported": [
        "update published.coverage set organisations_started = organisations_started + 1",
        "update published.coverage set organisations_reporting = organisations_started + 1",
        "update published.coverage set organisations_reporting = organisations_still_reporting - 1",
    ],
    "published.group_figure__shows_no_figure_of_few_that_is_not_public": [
        "update published.group_figure set value = '3.00' where value = '[c]'",
        "update disclosure.known_of_group set known = known - 1",
        "delete from disclosure.known_of_group where reader = 'commissioner-C1'",
    ],
    "published.organisation_figure__has_no_blank_cell": [
        f"update {_FIGURE} set {column} = null where organisation_code = 'M1'"
        for column in (
            *("value", "peers", "peer_value", "peer_median", "peer_lower_quartile", "peer_upper_quartile"),
            "is_public",
        )
    ],
    "published.organisation_figure__names_only_whom_the_audience_may_see": [
        _COPY_OF_A_FIGURE.format(audience="commissioner-C1", code="M2", source="return"),
        _COPY_OF_A_FIGURE.format(audience="commissioner-C2", code="M1", source="return"),
        _COPY_OF_A_FIGURE.format(audience="public", code="M1", source="return"),
        _COPY_OF_A_FIGURE.format(audience="organisation-M3", code="M1", source="return"),
        _COPY_OF_A_FIGURE.format(audience="organisation-I1", code="M1", source="return"),
        f"update {_FIGURE} set source = 'return' where organisation_code = 'I1'",
        "update register.contracts set ends_on = '2026-03-30'",
        "update register.contracts set starts_on = '2026-01-02'",
        "update register.contracts set organisation_code = 'M2'",
        "update register.organisations set publication_consent = null",
        "update measures.all_feeds set source = 'return'",
    ],
    "published.over_time__has_no_blank_cell": [
        f"update {_POINT} set {column} = null where organisation_code = 'M1'"
        for column in (
            *("value", "charted_value", "centre", "lower_process_limit", "upper_process_limit", "special_cause"),
            *("limits_note", "basis_name", "is_public"),
        )
    ],
    "published.over_time__shows_only_whom_the_audience_may_see": [
        _COPY_OF_A_POINT.format(audience="commissioner-C1", code="M2"),
        _COPY_OF_A_POINT.format(audience="commissioner-C2", code="M1"),
        _COPY_OF_A_POINT.format(audience="public", code="M1"),
        _COPY_OF_A_POINT.format(audience="organisation-M3", code="M1"),
        f"update {_POINT} set source = 'return' where organisation_code = 'I1'",
        "update register.organisations set publication_consent = null",
        _COPY_OF_A_POINT.format(audience="commissioner-C1", code="M1")
        + "; update register.contracts set ends_on = '2026-03-30'",
    ],
    "published.over_time__stands_beside_figures_that_are_shown": [
        f"update {_FIGURE} set value = '[c]' where organisation_code = 'M2' and grain = 'quarter'",
        f"delete from {_FIGURE} where organisation_code = 'I1' and grain = 'rolling_year'",
        _COPY_OF_A_POINT.format(audience="commissioner-C1", code="M2"),
    ],
    "published.over_time__has_limits_only_where_all_that_they_are_made_from_is_shown": [
        f"update {_POINT} set {column} = '1'; delete from {_POINT} where organisation_code = 'P1' and point = '2025-03'"
        for column in ("centre", "lower_process_limit", "upper_process_limit")
    ],
    "published.over_time__ends_with_its_quarter": [
        f"delete from {_POINT} where organisation_code = 'P1' and point >= '2026-01'",
    ],
}


@pytest.fixture(scope="module")
def sound() -> Iterator[duckdb.DuckDBPyConnection]:
    """M1 (for one service of two) and O1 are the council's, M2 has agreed to be named, I1 stands in official figures.
    N1 and N2 spun out in April 2025, and P1 to P5, in libraries too, stand beside them. Every claim holds."""
    months_of_2026 = months("2026-01", 3)
    with build(
        commissioner("C1"),
        commissioner("C2"),
        organisation("M1"),
        organisation("M2", publication_consent=True),
        organisation("M3"),
        organisation("I1", "in_house"),
        organisation("O1", "outsourced"),
        contract("C1", "M1", "2026-01-01", "2026-03-31", contract_code="K1", annual_value_gbp=36500),
        contract("C1", "O1", "2026-01-01", "2026-03-31"),
        *serves("K1", "M1", "S1"),
        *instrument("core"),
        *instrument("local", None),
        *(asked(code, "2026-Q1", 6, 11) for code in ("M1", "M2")),
        scored("M1", "2026-Q1", 70, 11),
        *(answers("M1", month, service, 5, 9, n_dont_know=1) for month in months_of_2026 for service in ("S1", "S2")),
        nil("M1", "savings", "2025-Q4"),
        saving("M1", "2026-Q1", "A", 100, contract_code="K1", planned_gbp=150),
        *deflators("2026-06", {"2025-26": 100}),
        *discount_rates("2003-04-01"),
        *(absence(code, month, 1, 100) for code in ("M1", "M2", "M3", "O1") for month in months_of_2026),
        *(official("I1", month, 1, 100) for month in months_of_2026),
        *_of_libraries(),
        settings={**SETTINGS, "organisations_for_effect": 2},
    ) as connection:
        yield connection


def _of_libraries() -> Iterator[Row]:
    """Those who spin out lose two days of 100 fewer a month from then on; nobody else changes."""
    for number, code in enumerate(("N1", "N2", "P1", "P2", "P3", "P4", "P5")):
        is_new = code.startswith("N")
        spun_out_on = "2025-04-01" if is_new else "2011-04-01"
        yield organisation(
            code,
            "mutual",
            "libraries",
            spun_out_on=spun_out_on,
            staff_owned_share_percent=100 if is_new else 50 + number,
        )
        for month in months("2024-10", 18):
            has_left = is_new and month >= "2025-04"
            yield absence(code, month, 6 - 2 * has_left + number / 50 * int(month[5:]) / 12, 100)


def broken_by(connection: duckdb.DuckDBPyConnection, claim: Claim) -> int:
    return len(connection.execute(claim.sql).fetchall())


def test_every_claim_has_damage_to_be_tried_with() -> None:
    assert set(CLAIMS) == set(DAMAGES)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_holds_on_a_sound_build(sound: duckdb.DuckDBPyConnection, claim: str) -> None:
    assert broken_by(sound, CLAIMS[claim]) == 0


@pytest.mark.parametrize(("claim", "damage"), [(claim, damage) for claim in DAMAGES for damage in DAMAGES[claim]])
def test_a_claim_speaks_up_when_its_table_is_damaged(sound: duckdb.DuckDBPyConnection, claim: str, damage: str) -> None:
    sound.execute("begin")
    try:
        sound.execute(damage)
        found = broken_by(sound, CLAIMS[claim])
    finally:
        sound.execute("rollback")
    assert found > 0


@pytest.mark.parametrize(("lost", "available"), [("1.45", "1000"), ("28.5", "10000"), ("0.35", "1000")])
def test_a_published_rate_that_is_exactly_half_stops_nothing_whichever_way_it_was_rounded(
    lost: str, available: str
) -> None:
    exact = Decimal(lost) / Decimal(available) * 100
    for rounding in (ROUND_HALF_UP, ROUND_HALF_DOWN):
        published = exact.quantize(Decimal("0.01"), rounding)
        made = tables(official("M1", "2026-01", lost, available, published_rate_percent=published))
        assert broken_by(made, CLAIMS["measures.nhs_sickness_absence__recomputes_every_published_rate"]) == 0


def test_a_rate_that_the_nhs_withholds_stops_nothing() -> None:
    build(organisation("M1"), official("M1", "2026-01", None, None), official("M1", "2026-02", 0, 0))


@pytest.mark.parametrize("decision", ["accepted", "held", "refused", "unreadable"])
def test_only_a_receipt_that_is_live_counts(decision: str) -> None:
    totals = {"2026-Q1": {"fte_days_lost": "7"}}
    receipt = row("receipt", sender="M1", feed="sickness_absence", period="2026-Q1", decision=decision, totals=totals)
    with run(tables(organisation("M1"), receipt), "measures.all_feeds") as connection:
        claim = CLAIMS["measures.all_feeds__holds_every_row_that_receipts_kept"]
        assert bool(broken_by(connection, claim)) == (decision == "accepted")


def test_a_receipt_that_was_corrected_counts_for_nothing() -> None:
    receipts = [
        row("receipt", id=name, sender="M1", feed="savings", period="2026-Q1", corrects=corrects, totals=totals)
        for name, corrects, totals in (("r1", "", {"2026-Q1": {"planned_gbp": "7"}}), ("r2", "r1", {}))
    ]
    build(organisation("M1"), *receipts)


def test_what_was_disclosed_before_stops_nothing(sound: duckdb.DuckDBPyConnection) -> None:
    sound.execute("begin")
    try:
        sound.execute("insert into disclosure.audit select 'public', 'x', 'core', 'x', 'x', 9, 9, 9, 0, 1, false, true")
        assert broken_by(sound, CLAIMS["disclosure.audit__no_withheld_cell_can_be_worked_out"]) == 0
    finally:
        sound.execute("rollback")


def test_every_claim_is_about_a_table_of_its_own_folder() -> None:
    made = {model.name for model in models()}
    assert [claim for claim in claims() if claim.model not in made or claim.model.split(".")[0] not in SCHEMAS] == []
