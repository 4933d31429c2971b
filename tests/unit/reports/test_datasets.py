"""What is said of the data: each column of each published record once, and of nothing that is not there."""

import dataclasses

from impact.reports import audiences
from impact.reports.datasets import RECORDS, datasets, described, words
from tests.unit.reports.published import figure, rows

KINDS = {kind.__name__: {field.name for field in dataclasses.fields(kind)} for kind, _ in RECORDS.values()}


def test_every_published_record_is_a_dataset() -> None:
    """Whatever a report holds many of and says a period or an organisation of."""
    held = {
        name
        for name, kind in vars(audiences).items()
        if dataclasses.is_dataclass(kind)
        and {field.name for field in dataclasses.fields(kind)} & {"period_id", "feed", "point"}
    }
    assert held == set(KINDS)


def test_every_column_of_every_record_is_described() -> None:
    for name in RECORDS:
        dataset = described(name)
        assert dataset.title
        assert dataset.description.endswith(".")
        for column in dataset.columns:
            assert column.title, column.name
            assert column.description.endswith("."), column.name
            assert column.description == " ".join(column.description.split()), column.name


def test_no_column_has_the_title_of_another_of_its_dataset() -> None:
    for name in RECORDS:
        titles = [column.title for column in described(name).columns]
        assert len(set(titles)) == len(titles), name


def test_nothing_is_described_that_is_not_there() -> None:
    said = words()
    assert set(said) == {"files", "shared", "records"}
    assert set(said["files"]) == set(RECORDS)
    assert set(said["records"]) <= set(KINDS)
    for record, columns in said["records"].items():
        assert set(columns) <= KINDS[record], record
        assert not set(columns) & set(said["shared"]), f"{record} says again what all share"
    for shared in said["shared"]:
        assert any(shared in fields for fields in KINDS.values()), shared
    for about in [*said["shared"].values(), *(one for columns in said["records"].values() for one in columns.values())]:
        assert set(about) <= {"title", "description", "datatype", "unit"}


def test_figures_may_be_shorthand_and_counts_that_are_always_there_may_not() -> None:
    columns = {column.name: column for column in described("organisations").columns}
    assert columns["value"].has_shorthand
    assert columns["peers"].has_shorthand
    assert not columns["months_reported"].has_shorthand
    assert not columns["period_end_on"].has_shorthand


def test_a_row_holds_the_texts_as_printed() -> None:
    [dataset] = datasets(rows(figure("4.10", peer_note="")))
    names = [column.name for column in dataset.columns]
    row = dict(zip(names, dataset.rows[0], strict=True))
    assert (row["value"], row["is_public"], row["period_end_on"], row["peer_note"], row["months_reported"]) == (
        "4.10",
        "no",
        "2026-03-31",
        "[z]",
        "12",
    )
