"""What organisations answer to the accuracy check of a publication, in their own words: kept as it came, and printed
with the release. A comment is never changed; one that comes after it takes its place."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from impact.checking.personal import is_personal
from impact.errors import ImpactError
from impact.home import Home, one_writer, read_records, write_json
from impact.periods import to_text
from impact.reports.audience_rows import Holds
from impact.reports.release_state import manifest_of, releases_of

_MOST_CHARACTERS = 2000
"""A comment stands on a page beside figures: what needs more room is a letter."""
_WORDS_OF_ITS_OWN = frozenset({"consent", "contract", "self"})
"""Why an audience sees an organisation, where it reads its comment, too. Who is named by an official figure alone has
not said that it may be quoted to everybody."""


@dataclass(frozen=True)
class Comment:
    """What an organisation says of a publication. Of several the one with the highest `take` counts."""

    period: str
    number: int
    organisation_code: str
    take: int
    text: str
    received_at: str


def comment(home: Home, period_id: str, number: int, organisation: str, data: bytes, now: datetime) -> Comment:
    """Keep the comment of an organisation on a publication that was prepared. The same again changes nothing, so that
    it may be run again.

    Raises ImpactError where there is no such publication, where it is released already, where it names no such
    organisation, and where the text cannot be printed: empty, too long, no text, or with personal data in it.
    """
    text = _text_of(data)
    with one_writer(home, "impact comment"):
        manifest = manifest_of(home, period_id, number)
        if number in releases_of(home, period_id) or "check_ends_on" not in manifest:
            raise ImpactError(
                f"Publication {number} of {period_id} is released: comments are printed with the release, and can no "
                "longer be added. They can be made on the next one."
            )
        if not any(organisation in codes for report in manifest["reports"] for codes in report["holds"].values()):
            raise ImpactError(
                f"Publication {number} of {period_id} names no organisation {organisation}, so there is nothing that "
                "it could comment on."
            )
        before = [one for one in _kept(home, period_id, number) if one.organisation_code == organisation]
        if before and before[-1].text == text:
            return before[-1]
        made = Comment(period_id, number, organisation, len(before) + 1, text, to_text(now))
        write_json(home.comments / f"{period_id}-{number}-{organisation}-{made.take}.json", asdict(made))
        return made


def comments_on(home: Home, period_id: str, number: int) -> dict[str, str]:
    """The comments on a publication that count, by the code of who made them."""
    return {one.organisation_code: one.text for one in _kept(home, period_id, number)}


def read_by(comments: Mapping[str, str], holds: Holds) -> dict[str, str]:
    """Those comments that an audience reads: of whom it sees by name with what they sent, not by an official figure
    alone."""
    seen = {code for because, codes in holds.items() if because in _WORDS_OF_ITS_OWN for code in codes}
    return {code: text for code, text in comments.items() if code in seen}


def _kept(home: Home, period_id: str, number: int) -> list[Comment]:
    kept = [one for one in read_records(home.comments, Comment) if (one.period, one.number) == (period_id, number)]
    return sorted(kept, key=lambda one: (one.organisation_code, one.take))


def _text_of(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ImpactError(
            "The comment is not a text in UTF-8. Save it as plain text (UTF-8), then try again."
        ) from fault
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise ImpactError("The comment is empty. Write what the organisation answered, then try again.")
    if len(text) > _MOST_CHARACTERS:
        raise ImpactError(f"The comment has {len(text):,} characters, and may have {_MOST_CHARACTERS:,}. Shorten it.")
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co") and sign not in "\n\t" for sign in text):
        raise ImpactError("The comment holds signs that cannot be printed. Save it as plain text, then try again.")
    if is_personal(text):
        raise ImpactError(
            "The comment holds personal data (a name, an e-mail address, a telephone number or the like), which may "
            "not be printed. Have the organisation take it out, then try again."
        )
    return text
