"""The files of the register, held against one another: a register in full, and one file of it at a time made wrong."""

from pathlib import Path

import pytest

from impact.definition import feeds, register_files
from impact.errors import ImpactError
from impact.register import current_register, take_register
from tests.journeys.homes import NOW, REGISTER, new_home

FULL = {
    "areas": """area_code,name,type,part_of_code,valid_from,valid_to
E1,Alphashire,council,E2,2009-04-01,2028-03-31
E2,Greater Alphashire,combined_authority,,,
""",
    "organisations": """organisation_code,name,delivery_model,sector,staff_ownership,area_code,active_from,active_to
M001,Alpha Care CIC,mutual,adult_social_care,confirmed,E1,2012-04-01,2030-03-31
M002,Beta Care CIC,mutual,adult_social_care,,,,
""",
    "publishers": "publisher_code,feed,name,licence\n",
    "commissioners": "commissioner_code,name,type,area_code\nC01,Alphashire Council,council,E1\n",
    "contracts": """contract_code,commissioner_code,organisation_code,starts_on,ends_on
K1,C01,M001,2024-04-01,2028-03-31
K2,C01,M002,2024-04-01,
""",
    "services": """organisation_code,service_code,name,active_from,active_to
M001,S1,District nursing,2024-04-01,2026-03-31
M001,S2,Podiatry,,
M002,S3,School nursing,,
""",
    "contract_services": "contract_code,organisation_code,service_code\nK1,M001,S1\nK2,M002,S3\n",
    "staff_groups": "staff_group,name\nnursing,Nursing\n",
    "targets": "contract_code,indicator_id,value,applies_from\nK1,sickness_absence_rate,4.5,2024-04-01\n",
    "changes": """organisation_code,indicator_id,changed_on,reason
M001,sickness_absence_rate,2025-02-01,New payroll system
M001,,2025-04-01,Merged with Gamma Care
""",
    "instruments": """instrument_id,feed,name,cadence,compares_organisations
core,staff_survey,Core staff questions,year,yes
fft,service_user_survey,Friends and Family Test,month,no
""",
    "instrument_items": """instrument_id,item,kind,positive_from
core,recommend_care,question,4
core,recommend_as_workplace,question,3
core,engagement,score,
core,advocacy,score,
""",
    "question_numbers": "instrument_id,item,year,question_number\ncore,recommend_care,2026,q23d\n",
    "obligations": """organisation_code,feed,every,first_period,last_period,due_working_day
M001,savings,quarter,2026-Q1,2027-Q4,
M001,staff_survey,year,2026,,40
""",
    "obligation_exceptions": """organisation_code,feed,period,due_on,lock_on,is_exempt,reason
M001,savings,2026-Q1,2026-05-29,2026-09-30,,New ledger
""",
    "deflators": "series,vintage,year,index_value\nfinancial_year,2025-12,2024-25,100\n",
    "discount_rates": "applies_from,first_year,last_year,rate_percent\n2003-04-01,0,30,3.5\n2003-04-01,31,75,3.0\n",
    "bank_holidays": "day,name\n2026-12-25,Christmas Day\n",
}


def test_a_register_in_full_is_taken_as_it_stands(tmp_path: Path) -> None:
    assert set(FULL) == set(register_files())
    register = take_register(new_home(tmp_path, FULL), NOW)
    assert {name: len(rows) for name, rows in register.files.items()} == {
        name: text.count("\n") - 1 for name, text in FULL.items()
    }
    assert register.files["instruments"][1]["compares_organisations"] == "false"


def test_two_changes_of_all_indicators_on_one_day_are_one_row(tmp_path: Path) -> None:
    twice = FULL["changes"] + "M001,,2025-04-01,New wording\n"
    with pytest.raises(ImpactError, match=r"changes\.csv .*Another row is about the same thing"):
        current_register(new_home(tmp_path, FULL | {"changes": twice}))


def test_a_file_that_may_be_left_out_has_no_rows_then(tmp_path: Path) -> None:
    optional = {name for name, definition in register_files().items() if definition.may_be_left_out}
    assert set(register_files()) - optional == {"organisations", "publishers", "commissioners", "contracts"}
    register = take_register(new_home(tmp_path, REGISTER), NOW)
    assert {register.files[name] for name in optional} == {()}


WRONG = {
    "organisations": [
        ("2030-03-31", "2011-03-31", "H2: active_to is before active_from"),
        (",E1,", ",E9,", "F2: area_code is a code that the register does not know"),
        ("confirmed", "certain", "E2: staff_ownership is not one of the words"),
    ],
    "commissioners": [("council,E1", "council,E9", "D2: area_code is a code that the register does not know")],
    "contracts": [("2028-03-31", "2024-03-31", "E2: ends_on is before starts_on")],
    "services": [
        ("2026-03-31", "2024-03-31", "E2: active_to is before active_from"),
        ("M002", "M009", "A4: organisation_code is a code that the register does not know"),
        ("S1", "ALL", "B2: ALL is no service"),
    ],
    "contract_services": [
        ("K1,M001,S1", "K2,M001,S1", "A2: The file contracts has no such contract with this organisation"),
        ("K2,M002,S3", "K2,M002,S2", "C3: The file services has no such service of this organisation"),
    ],
    "staff_groups": [("nursing", "All", "A2: ALL is no staff group")],
    "areas": [
        ("council,E2", "council,E9", "D2: part_of_code is a code that the register does not know"),
        ("2028-03-31", "2008-03-31", "F2: valid_to is before valid_from"),
    ],
    "targets": [("K1", "K9", "A2: contract_code is a code that the register does not know")],
    "changes": [
        ("M001,sick", "M009,sick", "A2: organisation_code is a code that the register does not know"),
        ("sickness_absence_rate", "absence", "B2: indicator_id is a code that the register does not know"),
        ("2025-04-01", "April 2025", "C3: changed_on is not a date"),
        ("New payroll system", "", "D2: reason is blank"),
    ],
    "instruments": [
        ("fft,service_user_survey", "fft,savings", "B3: feed is not one of the words"),
        ("month,no", "month,", "E3: compares_organisations is blank"),
    ],
    "instrument_items": [
        ("core,recommend_as", "care,recommend_as", "A3: instrument_id is a code that the register does not know"),
        ("question,3", "question,", "D3: This is a question, and positive_from is blank"),
        ("engagement,score,", "engagement,score,4", "D4: This is a score, and positive_from is filled in"),
        ("question,4", "question,6", "D2: positive_from is below 1 or above 5"),
    ],
    "question_numbers": [
        ("care,2026", "her,2026", "B2: The file instrument_items has no such item of this instrument")
    ],
    "obligations": [
        ("M001,staff", "M009,staff", "A3: organisation_code is a code that the register does not know"),
        ("M001,savings", "M001,nhs_sickness_absence", "B2: feed is not one of the words"),
        ("2027-Q4", "2025-Q4", "E2: last_period is before first_period"),
        ("2026,", "2026-01,", "D3: first_period is neither a quarter nor a year"),
    ],
    "obligation_exceptions": [
        ("M001,", "M009,", "A2: organisation_code is a code that the register does not know"),
        ("savings", "saving", "B2: feed is not one of the words"),
        ("2026-09-30", "2026-05-28", "E2: lock_on is before due_on"),
        ("New ledger", "", "G2: reason is blank"),
    ],
    "deflators": [
        ("2024-25", "2024/25", "C2: year holds something else"),
        ("2025-12", "Dec-25", "B2: vintage holds something else"),
    ],
    "discount_rates": [
        ("31,75", "31,30", "C3: last_year is before first_year"),
        ("2003-04-01,0,30", "2003-04-01,31,50", "A2, A3: Another row is about the same thing"),
    ],
    "bank_holidays": [("2026-12-25", "25 December", "A2: day is not a date")],
}


@pytest.mark.parametrize("file", WRONG)
def test_what_is_wrong_is_said_by_file_and_cell(tmp_path: Path, file: str) -> None:
    text = FULL[file]
    for right, wrong, _ in WRONG[file]:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    with pytest.raises(ImpactError) as fault:
        current_register(new_home(tmp_path, {name: FULL[name] for name in needed(file)} | {file: text}))
    lines = [line for line in str(fault.value).splitlines() if line.startswith(f"  {file}.csv ")]
    for _, _, said in WRONG[file]:
        assert [line for line in lines if line.startswith(f"  {file}.csv {said}")], said
    assert len(lines) == len(WRONG[file])


def needed(file: str) -> set[str]:
    """A file, those that must be there, and all that these look codes up in."""
    found: set[str] = set()
    wanted = {file, *REGISTER}
    while wanted - found:
        found |= wanted
        definitions = [register_files()[name] for name in found]
        wanted = {
            *(
                str(column.in_register).split(".")[0]
                for one in definitions
                for column in one.columns
                if column.in_register and not column.in_register.startswith("indicators.")
            ),
            *(str(rule.arguments["file"]) for one in definitions for rule in one.rules if "file" in rule.arguments),
        }
    return found


def test_a_code_of_a_file_that_is_left_out_is_not_known(tmp_path: Path) -> None:
    register = {name: text for name, text in FULL.items() if name not in ("areas", "services", "instrument_items")}
    with pytest.raises(ImpactError) as fault:
        current_register(new_home(tmp_path, register))
    for said in (
        "organisations.csv F2: area_code is a code that the register does not know",
        "commissioners.csv D2: area_code is a code that the register does not know",
        "contract_services.csv C2, C3: The file services has no such service of this organisation",
        "question_numbers.csv B2: The file instrument_items has no such item of this instrument",
    ):
        assert said in str(fault.value)


@pytest.mark.parametrize("file", ["obligations", "obligation_exceptions"])
def test_what_is_owed_is_a_feed_that_organisations_send(file: str) -> None:
    returns = {name for name, definition in feeds().items() if definition.source == "return"}
    assert set(register_files()[file].column("feed").one_of) == returns
