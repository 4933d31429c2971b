"""NHS England's published files, from the import to the public page. Skipped where the real data is not beside us."""

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from impact.errors import ImpactError
from impact.home import Home
from impact.intake.receipts import load_receipts
from impact.nhs import Imported, import_nhs_sickness
from impact.reports.writing import NOT_FOR_RELEASE
from impact.warehouse import open_warehouse
from tests.journeys.homes import NOW, travel, tree

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = sorted((DATA / "sickness_absence").glob("nhs_sickness_absence_*.csv"))
MUTUALS = DATA / "mutuals.csv"

pytestmark = [
    pytest.mark.xdist_group("gx"),
    pytest.mark.skipif(not FILES, reason="the real NHS data is not at ../shared/data"),
]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Imported]:
    home = Home(tmp_path_factory.mktemp("nhs") / "home")
    return home, import_nhs_sickness(home, FILES, MUTUALS, NOW)


@pytest.fixture(scope="module")
def nhs(imported: tuple[Home, Imported]) -> Home:
    home, _ = imported
    travel(home, "2025-Q1")
    return home


def test_the_import_enters_every_organisation_and_types_those_on_the_list(imported: tuple[Home, Imported]) -> None:
    _, done = imported
    assert (done.files, done.organisations_added, done.mutuals, done.unclassified) == (12, 286, 17, 2)


def test_every_published_rate_is_recomputed(nhs: Home) -> None:
    receipts = load_receipts(nhs)
    assert [receipt.decision for receipt in receipts] == ["accepted"] * 12
    assert sum(receipt.rows_kept for receipt in receipts) == 3394
    with open_warehouse(nhs) as warehouse:
        rows = warehouse.execute(
            "select fte_days_lost, fte_days_available, published_rate_percent from returns.nhs_sickness_absence"
        ).fetchall()
    cent = Decimal("0.01")
    right = [
        (lost / available * 100).quantize(cent, ROUND_HALF_UP) == rate.quantize(cent) for lost, available, rate in rows
    ]
    assert (sum(right), len(right)) == (3394, 3394)


def pooled(nhs: Home, delivery_models: tuple[str, ...]) -> tuple[float, int, int]:
    """Rate, months reported and months expected of community health organisations over the 12 months."""
    with open_warehouse(nhs) as warehouse:
        row = warehouse.execute(
            "select cast(sum(numerator) as double) / cast(sum(denominator) as double) * 100, sum(months_reported), "
            "sum(months_expected) from benchmarks.compared where indicator_id = 'sickness_absence_rate' "
            "and grain = 'rolling_year' and period_id = '2025-Q1' and sector = 'community_health' "
            "and list_contains(?, delivery_model)",
            [list(delivery_models)],
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def test_the_pooled_rates_are_those_worked_out_independently(nhs: Home) -> None:
    # shared/METHODS.md, section 9.
    assert pooled(nhs, ("mutual", "unclassified"))[0] == pytest.approx(5.0449800, abs=5e-8)
    assert pooled(nhs, ("in_house",))[0] == pytest.approx(5.5332039, abs=5e-8)
    assert round(pooled(nhs, ("mutual",))[0], 2) == 5.01
    assert pooled(nhs, ("in_house",))[1:] == (187, 204)
    assert pooled(nhs, ("mutual",))[1:] == (204, 204)


def test_the_public_page_prints_them_and_may_be_released(nhs: Home) -> None:
    page = (nhs.publications / "2025-Q1" / "1" / "public" / "index.html").read_text()
    assert NOT_FOR_RELEASE not in page
    for words in (
        "the 17 mutuals 5.01% (204 of 204 months reported)",
        "the 17 in-house organisations 5.53% (187 of 204 months reported)",
        "Counting them as mutuals would give 5.04% instead of 5.01%",
        "Bromley Healthcare",
        "Open Government Licence v3.0",
    ):
        assert words in page, words


def test_bromley_in_april_is_what_methods_says(nhs: Home) -> None:
    with open_warehouse(nhs) as warehouse:
        row = warehouse.execute(
            "select numerator, denominator, round(value, 2) from indicators.organisation_indicator "
            "where organisation_code = 'NQV' and grain = 'month' and period_id = '2024-04'"
        ).fetchone()
    assert row == (Decimal("1131.97805"), Decimal("30943.9649"), 3.66)


def test_every_organisation_of_the_page_is_in_the_data_file(nhs: Home) -> None:
    folder = nhs.publications / "2025-Q1" / "1" / "public"
    figures = list(csv.DictReader((folder / "data" / "organisations.csv").read_text().splitlines()))
    year = [row for row in figures if row["grain"] == "rolling_year" and row["indicator_id"] == "sickness_absence_rate"]
    assert len(year) == 17 + 2 + 17
    assert {row["is_public"] for row in figures} == {"yes"}


def test_importing_again_changes_nothing(nhs: Home) -> None:
    before = tree(nhs.root)
    done = import_nhs_sickness(nhs, FILES, MUTUALS, NOW)
    assert (done.organisations_added, done.organisations_kept) == (0, 286)
    intake, _, publication = travel(nhs, "2025-Q1")
    assert (len(intake.receipts), intake.sent_again, publication.is_new) == (0, 12, False)
    assert tree(nhs.root) == before


def test_a_list_that_names_an_organisation_otherwise_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "mutuals.csv"
    wrong.write_text("ods_code,name\nNQV,Medway\n")
    home = Home(tmp_path / "home")
    with pytest.raises(ImpactError, match='row 2: NQV is "Medway" in this list and "Bromley Healthcare" in the files'):
        import_nhs_sickness(home, FILES, wrong, NOW)
    assert not home.root.exists()


def test_a_rate_that_does_not_recompute_is_refused_by_its_cell(nhs: Home, tmp_path: Path) -> None:
    from tests.journeys.homes import send, take

    home = Home(tmp_path / "home")
    import_nhs_sickness(home, FILES[:1], MUTUALS, NOW)
    lines = FILES[0].read_text().splitlines()
    fields = lines[9].split(",")
    lines[9] = ",".join([*fields[:-1], f"{float(fields[-1]) + 0.02:.2f}"])
    for path in (home.landing / "X24" / "inbox").rglob("*.csv"):
        path.unlink()
    send(home, "X24/inbox/nhs_sickness_absence/2024-04/file.csv", "\n".join(lines).encode())
    [receipt] = take(home).receipts
    assert receipt.decision == "refused"
    assert [(finding.rule, finding.cells) for finding in receipt.findings] == [("published_rate_recomputes", ("K10",))]
