-- Each organisation's days of absence in each month beside those it would have lost at the rate of its peers, which are the same
-- as in benchmarks.peer; the residual is what it lost beyond them. Where its staff groups allow it the peers' rates are
-- taken by staff group (is_adjusted_for_staff_mix); expected_unadjusted never is, so that a series may be held to one kind.
select
    expected.organisation_code,
    expected.variant,
    expected.source,
    expected.period_id,
    expected.period_start_on,
    expected.lost,
    expected.available,
    coalesce(expected.expected_by_staff_group, expected.expected) as expected,
    expected.expected as expected_unadjusted,
    expected.lost - coalesce(expected.expected_by_staff_group, expected.expected) as residual,
    peer.peers,
    peer.scope,
    expected.expected_by_staff_group is not null as is_adjusted_for_staff_mix
from benchmarks.absence_expected as expected
inner join benchmarks.peer as peer
    on peer.indicator_id = 'sickness_absence_rate'
    and peer.grain = 'month'
    and expected.period_id = peer.period_id
    and expected.variant = peer.variant
    and expected.organisation_code = peer.organisation_code
    and expected.scope = peer.scope
where expected.expected is not null
order by expected.organisation_code, expected.variant, expected.period_id
