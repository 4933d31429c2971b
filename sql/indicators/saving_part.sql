-- Every saving that counts in a quarter, once in the whole of its organisation (commissioner_code ALL), and once in the
-- part of the commissioner whose contract it is made under. A saving without a contract is in no commissioner's part.
with of_whom as (
    select
        organisation_code,
        saving_id,
        as_at_quarter,
        'ALL' as commissioner_code
    from measures.saving
    union all
    select
        saving.organisation_code,
        saving.saving_id,
        saving.as_at_quarter,
        part.commissioner_code
    from measures.saving as saving
    inner join indicators.part as part
        on part.part_of = 'contract'
        and saving.organisation_code = part.organisation_code
        and saving.contract_code = part.code
)

select
    saving.organisation_code,
    of_whom.commissioner_code,
    saving.as_at_quarter,
    saving.period_end_on,
    saving.financial_year,
    saving.saving_id,
    saving.type,
    saving.source,
    saving.benefit_to,
    saving.evidence_level,
    saving.is_verified,
    saving.net_in_quarter_gbp
from measures.saving as saving
inner join of_whom
    on saving.organisation_code = of_whom.organisation_code
    and saving.saving_id = of_whom.saving_id
    and saving.as_at_quarter = of_whom.as_at_quarter
where saving.is_counted and saving.net_in_quarter_gbp is not null
order by saving.organisation_code, of_whom.commissioner_code, saving.as_at_quarter, saving.saving_id
