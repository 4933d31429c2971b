"""A fifth feed is new files and nothing else: a definition, a file of SQL, two entries of indicators. It goes the whole
road, from an inbox to its section, its figures and its data on every kind of page."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from impact.home import Home
from tests.journeys.homes import REGISTER, csv_rows, drop, new_home, send, send_quarter, tree

pytestmark = [pytest.mark.xdist_group("small"), pytest.mark.long]

ROOT = Path(__file__).parents[2]

NEW = {
    "src/impact/feeds/volunteering.odcs.yaml": """apiVersion: v3.1.0
kind: DataContract
id: volunteering
name: Volunteering
version: 1.0.0
status: active
description:
  purpose: >-
    What volunteers gave, month by month. One file covers one quarter.
customProperties:
  - property: reportPlace
    value: 5
  - property: source
    value: return
  - property: periodGrains
    value: [quarter]
  - property: periodColumn
    value: month
  - property: totals
    value: [volunteers, hours]
schema:
  - name: volunteering
    logicalType: object
    physicalType: table
    description: One row a month.
    properties:
      - name: organisation_code
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 1
        description: Your organisation's code, the same on every row.
        examples: [M001]
      - name: month
        logicalType: date
        logicalTypeOptions: {format: yyyy-MM}
        required: true
        primaryKey: true
        primaryKeyPosition: 2
        description: The month in which they volunteered.
        examples: [2026-01]
      - name: volunteers
        logicalType: integer
        logicalTypeOptions: {minimum: 0, maximum: 99999}
        required: true
        description: People who volunteered in the month.
        examples: [40]
      - name: hours
        logicalType: number
        logicalTypeOptions: {minimum: 0, maximum: 9999999}
        required: true
        description: Hours that they gave in the month.
        examples: [310.5]
    quality:
      - name: organisation_is_the_sender
        type: custom
        engine: greatExpectations
        severity: must_fix
        description: The organisation code on every row is that of the organisation which sends the file.
        implementation:
          expects: row_holds
          column: organisation_code
          message: The organisation code is not that of the organisation whose inbox this came to.
          fix: Check that this is the right file, and that every row has your own code.
      - name: month_in_period
        type: custom
        engine: greatExpectations
        severity: must_fix
        description: Every month lies in the quarter that the file is for.
        implementation:
          expects: row_holds
          column: month
          function: in_period
          message: The month is not in the quarter that the file was sent for.
          fix: >-
            Check that this is the right file, or put it in the folder of the right quarter.
""",
    "sql/measures/volunteering.sql": """-- What volunteers gave: one row a month and measure.
with months as (
    select
        organisation_code,
        month as period_start_on,
        last_day(month) as period_end_on,
        counted.measure,
        cast(case counted.measure when 'volunteers' then volunteers else hours end as decimal(28, 14)) as value,
        receipt
    from returns.volunteering
    cross join (values ('volunteers'), ('hours')) as counted (measure)
)

select
    organisation_code,
    'volunteering' as feed,
    'ALL' as service_code,
    'ALL' as staff_group,
    period_start_on,
    period_end_on,
    'all' as variant,
    '' as item,
    measure,
    value,
    case measure when 'volunteers' then 'people' else 'hours' end as unit,
    'return' as source,
    receipt
from months
""",
    "src/impact/indicators/hours_per_volunteer.yaml": """name: Hours a month per volunteer
feeds: [volunteering]
place: 1
numerator: hours
denominator: volunteers
grains: [month, quarter, rolling_year]
unit: hours
polarity: none
decimals: 1
definition: >-
  Hours that volunteers gave, for each volunteer and month.
method: METHODS of this service
""",
    "src/impact/indicators/volunteer_hours.yaml": """name: Hours given by volunteers
feeds: [volunteering]
place: 2
numerator: hours
grains: [quarter, rolling_year]
unit: hours
polarity: higher_is_better
is_compared: false
decimals: 0
definition: >-
  All hours that volunteers gave.
method: METHODS of this service
""",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the software, as it is in a checkout."""
    root = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("src/impact", "sql", "pipelines"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    shutil.copy(ROOT / "dagster.yaml", root)
    return root


@pytest.fixture(scope="module")
def travelled(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """A home in which the fifth feed and one of the others have gone the whole road, and what the commands said."""
    before = tree(checkout)
    for name, text in NEW.items():
        assert name not in before
        (checkout / name).write_text(text)
    home = new_home(tmp_path_factory.mktemp("volunteers") / "home", REGISTER)
    for number, code in enumerate(("M001", "M002", "M003"), 1):
        lines = [f"{code},2026-{month:02},{10 * number},{100 * month}.5" for month in (1, 2, 3)]
        data = "\n".join(["organisation_code,month,volunteers,hours", *lines]).encode()
        send(home, f"{code}/inbox/volunteering/2026-Q1/file.csv", data)
        send_quarter(home, code, drop(code))
    wrong = b"organisation_code,month,volunteers,hours\nM002,2026-04,many,1\n"
    send(home, "M002/inbox/volunteering/2025-Q4/file.csv", wrong)
    released = ("release", "2026-Q1", "1", "--by", "Head of analysis", "--early", "Nobody to ask")
    said = "".join(run(checkout, home, *words) for words in (("run", "--now"), ("publish", "2026-Q1"), released))
    after = {name: sha256 for name, sha256 in tree(checkout).items() if "__pycache__" not in name}
    assert {name: sha256 for name, sha256 in after.items() if name not in NEW} == before
    assert set(after) == {*before, *NEW}
    return home, said


def run(checkout: Path, home: Home, *words: str) -> str:
    path = os.pathsep.join([str(checkout / "src"), str(checkout)])
    environment = {**os.environ, "PYTHONPATH": path, "IMPACT_HOME": str(home.root)}
    command = [sys.executable, "-W", "ignore", "-m", "impact.cli", *words]
    done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_taken_and_checked_like_any_other(travelled: tuple[Home, str]) -> None:
    home, said = travelled
    assert "Taken: 6 accepted, 0 held, 1 refused" in said
    assert "M002 volunteering 2025-Q4" in said
    [page] = (home.landing / "M002" / "outbox").glob("volunteering_2025-Q4_refused_*.html")
    assert "volunteers is not a whole number" in page.read_text()
    assert "The month is not in the quarter that the file was sent for." in page.read_text()


AUDIENCES = {"public": {"M001"}, "commissioner-C02": {"M002", "M003"}, "organisation-M003": {"M003"}}
"""Who is named to whom: M001 has agreed to be."""

TOTAL, VOLUNTEERS = 601.5, {"M001": 30, "M002": 60, "M003": 90}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_its_section_its_figures_and_its_data_stand_on_every_kind_of_page(
    travelled: tuple[Home, str], audience: str
) -> None:
    home, _ = travelled
    folder = home.publications / "2026-Q1" / "1" / audience
    page = (folder / "index.html").read_text()
    assert '<h2 id="volunteering">Volunteering</h2>' in page
    assert '<a href="data/organisations.csv" download>' in page
    assert "Hours that volunteers gave, for each volunteer and month." in page
    figures = {
        (row["organisation_code"], row["indicator_id"]): row["value"]
        for row in csv_rows(folder / "data" / "organisations.csv")
        if (row["topic"], row["grain"]) == ("volunteering", "quarter")
    }
    wanted = {(code, "hours_per_volunteer"): f"{TOTAL / VOLUNTEERS[code]:.1f}" for code in AUDIENCES[audience]}
    assert figures == wanted | {(code, "volunteer_hours"): "602" for code in AUDIENCES[audience]}
    for figure in wanted.values():
        assert f">{figure}" in page


def test_the_other_feeds_stay_as_they_are(travelled: tuple[Home, str]) -> None:
    home, _ = travelled
    page = (home.publications / "2026-Q1" / "1" / "commissioner-C02" / "index.html").read_text()
    assert page.index('id="sickness-absence"') < page.index('id="volunteering"')
