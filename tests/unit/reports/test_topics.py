"""The part of a report that is about one topic: when there is one, what opens it, and what stands in it for whom."""

from tests.unit.reports.published import (
    ENGAGEMENT,
    GROWTH,
    NET,
    SATISFACTION,
    before_after,
    effect,
    figure,
    model,
    rows,
    saving,
)
from tests.unit.reports.sections import only, sections, titles


def test_a_topic_is_spoken_of_where_there_is_something_to_say_in_the_order_of_topics() -> None:
    assert sections(rows()) == sections(rows(figure("[x]"))) == []
    found = sections(rows(figure("-5", NET), figure(), figure("6.51", ENGAGEMENT)))
    assert [(section.id, section.title) for section in found] == [
        ("staff-survey", "Staff survey"),
        ("sickness-absence", "Sickness absence"),
        ("savings", "Savings"),
    ]


def test_a_topic_of_which_everything_is_withheld_is_there_to_say_so() -> None:
    section = only(rows(figure("[c]")))
    assert section.tables[0].rows[0][1] == "[c]"
    assert not sections(rows(figure("[x]"), figure("[z]", NET)))


def test_a_topic_opens_with_what_its_headline_means_and_which_way_is_better() -> None:
    assert only(rows(figure())).paragraphs == ("Absence rate: Days lost. Lower is better.",)
    assert only(rows(figure("6.51", ENGAGEMENT))).paragraphs == ("Engagement: Nine answers. Higher is better.",)


def test_the_data_are_those_of_organisations_where_there_are_any() -> None:
    assert only(rows(figure(), models=[model()])).data_file == "data/organisations.csv"
    assert only(rows(models=[model()], kind="public")).data_file == "data/delivery-models.csv"


FFT = {"basis": "fft", "basis_name": "Friends and Family Test", "verdict": "not compared"}
FFT_NOTE = "not an instrument to compare by"


def test_a_topic_opens_with_how_many_are_on_an_instrument_that_compares_nobody() -> None:
    on_it = [figure("90.0", SATISFACTION, who=who, verdict_note=FFT_NOTE, **FFT) for who in ("Beta", "Gamma")]
    local = figure("88.0", SATISFACTION)
    because = "instrument (Friends and Family Test) is not made for comparing."
    for given, said in (
        ([local, *on_it], f"2 of 3 organisations are not compared with others, because their {because}"),
        (on_it[:1], f"1 of 1 organisation is not compared with others, because its {because}"),
    ):
        assert only(rows(*given)).paragraphs[1:] == (said,)
    assert only(rows(local)).paragraphs[1:] == ()
    assert only(rows(*on_it, kind="organisation")).paragraphs[1:] == ()


def test_of_a_quarter_alone_the_instrument_is_said_too() -> None:
    on_it = figure("90.0", SATISFACTION, grain="quarter", peer_note=FFT_NOTE, **{**FFT, "verdict": "[z]"})
    assert only(rows(on_it)).paragraphs[1].startswith("1 of 1 organisation is not compared with others")


def test_what_there_is_of_a_topic_stands_in_one_order() -> None:
    given = rows(
        figure(),
        models=[model()],
        before_after=[before_after(), before_after(ENGAGEMENT)],
        effects=[effect(), effect(of=ENGAGEMENT)],
        savings=[saving()],
    )
    survey, absence = sections(given)
    assert titles(survey) == [
        "Staff survey, before and after spinning out",
        "Staff survey: what goes with staff ownership",
    ]
    assert survey.data_file is None
    assert titles(absence) == [
        "Absence rate, April 2025 to March 2026",
        "Absence rate: basis and peers, April 2025 to March 2026",
        "Absence rate by delivery model, April 2025 to March 2026",
        "Sickness absence, before and after spinning out",
        "Sickness absence: what goes with staff ownership",
    ]
    assert titles(only(rows(figure("5", NET), savings=[saving()])))[-1] == "Savings in pounds, April 2025 to March 2026"


# Delivery models side by side


def test_delivery_models_stand_side_by_side() -> None:
    few = model("5.00", delivery_model="in_house", median="[z]", lower_quartile="[z]", upper_quartile="[z]")
    hidden = model("[c]", delivery_model="outsourced", median="[c]", lower_quartile="[c]", note="too few organisations")
    [table] = only(rows(models=[model(), few, hidden], kind="public")).tables
    assert table.title == "Absence rate by delivery model, April 2025 to March 2026"
    about = ("Adult social care", "calendar days", "12 of 13", "140 of 144")
    assert table.rows == (
        ("Mutual", *about, "4.10", "4.00", "3.50 to 4.50", "-"),
        ("In-house", *about, "5.00", "[z]", "[z]", "-"),
        ("Outsourced", *about, "[c]", "[c]", "[c]", "too few organisations"),
    )


def test_side_by_side_is_for_the_year_and_for_what_has_a_good_and_a_bad_direction() -> None:
    assert not only(rows(models=[model(grain="quarter")], kind="public")).tables
    assert not only(rows(models=[model("5", GROWTH)], kind="public")).tables
    assert titles(only(rows(models=[model("5", NET), model("5", GROWTH)], kind="public"))) == [
        "Net savings by delivery model, April 2025 to March 2026"
    ]


def test_an_organisation_does_not_see_delivery_models_side_by_side() -> None:
    assert titles(only(rows(figure(), models=[model()], kind="organisation"))) == [
        "Sickness absence, April 2025 to March 2026",
        "Sickness absence: basis and peers, April 2025 to March 2026",
    ]
