-- Either there are a benchmark, limits and enough peers, or a reason why not.
select
    verdicts.indicator_id,
    verdicts.period_id,
    verdicts.organisation_code,
    verdicts.variant,
    verdicts.verdict,
    verdicts.why_not_compared
from benchmarks.verdict as verdicts
cross join (select value from reference.settings where name = 'peers_for_median') as enough
where
    (verdicts.verdict = 'not compared') <> (verdicts.why_not_compared <> '')
    or (verdicts.why_not_compared = '' and verdicts.peers < enough.value)
    or case
        when verdicts.why_not_compared = ''
            then
                verdicts.benchmark is null
                or verdicts.lower_95 is null
                or verdicts.upper_95 is null
                or verdicts.lower_99_8 is null
                or verdicts.upper_99_8 is null
        else
            verdicts.benchmark is not null
            or verdicts.lower_95 is not null
            or verdicts.upper_95 is not null
            or verdicts.lower_99_8 is not null
            or verdicts.upper_99_8 is not null
    end
