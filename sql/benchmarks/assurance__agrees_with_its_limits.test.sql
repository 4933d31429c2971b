select
    series,
    contract_code,
    target,
    lower_process_limit,
    upper_process_limit,
    assurance,
    why
from benchmarks.assurance
where
    (assurance = '') <> (why <> '')
    or (assurance <> '' and coalesce(target between lower_process_limit and upper_process_limit, false))
    <> (assurance = 'hit or miss')
    or (assurance <> '' and (lower_process_limit is null or upper_process_limit is null))
