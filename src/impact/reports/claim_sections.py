"""The claim on the page: what stands at the top of the State of the sector, what opens each of its topics, and the same
of one combined authority alone. What may be said of the claim is decided in `sector`."""

from collections.abc import Iterable, Iterator

from impact.periods import Period
from impact.reports.audience_rows import AudienceRows
from impact.reports.content import Column, PointList, Profile, Section, Table
from impact.reports.sector import (
    CLAIM_CAVEATS,
    Area,
    Claim,
    area_claims,
    area_tables,
    areas,
    claims,
    coverage_table,
)
from impact.reports.wording import sentence

_PARTS = {"staff": "Staff", "sick-days": "Sick days", "users": "The people served", "savings": "Savings"}
LEADS = tuple(f"{part}:" for part in _PARTS.values())
"""What points on the claim begin with."""
_NOTHING = "Nothing among what was measured."


def claim_points(rows: AudienceRows, period: Period) -> Iterator[str]:
    """What the State of the sector leads with: each part of the claim of which there is evidence, and its verdict."""
    for one in _evident(claims(rows, period)) if rows.audience.kind == "public" else ():
        yield f"{_PARTS[one.id]}: {_claimed(one)} {one.how_sure}"


def claim_section(rows: AudienceRows, period: Period) -> Iterator[Section]:
    """The claim part by part, its verdicts, who reports, and what holds of all of it: in the State of the sector."""
    found = claims(rows, period)
    if rows.audience.kind == "public" and _evident(found):
        yield Section(
            "claim",
            "The claim, part by part",
            paragraphs=CLAIM_CAVEATS,
            tables=(_verdicts("The claim and what the evidence says", found), *coverage_table(rows, period)),
        )


def evidence(rows: AudienceRows, period: Period, topic_id: str) -> tuple[tuple[str, ...], tuple[PointList, ...]]:
    """What opens a topic of the State of the sector: paragraphs, and the sentences for and against the claim."""
    is_public = rows.audience.kind == "public"
    found = [one for one in _evident(claims(rows, period)) if is_public and one.topic == topic_id]
    return tuple(said for one in found for said in _opening(one)), tuple(made for one in found for made in _lists(one))


def area_profiles(rows: AudienceRows, period: Period) -> Iterator[Profile]:
    """The same page for each combined authority of which this reader may read."""
    for area in areas(rows):
        found = area_claims(rows, period, area)
        id_ = _area_id(area)
        yield Profile(
            id=id_,
            name=area.name,
            title=f"{area.name}: the claim in one area",
            is_of="combined authority",
            facts=(("Area", area.name),),
            main_points=tuple(
                f"{_PARTS[one.id]}: {_claimed(one)} {' '.join(one.for_it + one.against_it)}" for one in found
            ),
            sections=(
                Section(f"{id_}-claim", "The claim, part by part", tables=tuple(coverage_table(rows, period, area))),
                *(
                    Section(
                        f"{id_}-{one.id}",
                        _PARTS[one.id],
                        paragraphs=tuple(_opening(one)),
                        lists=tuple(_lists(one)),
                        tables=tuple(area_tables(rows, period, area, one.topic)),
                    )
                    for one in found
                ),
            ),
        )


def _evident(found: Iterable[Claim]) -> list[Claim]:
    return [one for one in found if one.for_it or one.against_it]


def _area_id(area: Area) -> str:
    return area.scope.replace(":", "-")


def _claimed(one: Claim) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{one.claim}\N{RIGHT DOUBLE QUOTATION MARK} {sentence(one.verdict)}"


def _opening(one: Claim) -> Iterator[str]:
    yield f"It is claimed: {_claimed(one)}"
    yield one.how_sure
    yield one.reporting
    yield from one.caveats


def _lists(one: Claim) -> Iterator[PointList]:
    yield PointList("Evidence for it", one.for_it or (_NOTHING,))
    yield PointList("Evidence against it, and what was looked for and not found", one.against_it or (_NOTHING,))


def _verdicts(title: str, found: tuple[Claim, ...]) -> Table:
    return Table(
        title,
        (Column("Part"), Column("As it is made"), Column("Evidence"), Column("How sure")),
        tuple((_PARTS[one.id], one.claim, one.verdict, one.how_sure) for one in found),
    )
