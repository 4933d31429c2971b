"""Why a figure is withheld, in the words that pages count by, and when an organisation's own is of too few people.

Where these rules are applied belongs in `stage` and `points`.
"""

from impact.disclosure.readers import PUBLIC, Rules

TOO_FEW_ORGANISATIONS = "too few organisations"
KNOWN_TO_READER = "most of them are known to a reader"
ONE_MAKES_UP_MOST = "one organisation makes up most of it"
TOO_FEW_ANSWERS = "too few answers"
ALL_ALIKE = "all answered alike"
TOO_FEW_POSTS = "too few posts"
WORKED_OUT = "another figure could be worked out from it"
AS_ITS_GROUP = "the figure of its group is withheld"
AS_ITSELF = "its own figure is withheld"
NO_FIGURE = "the figure of its year is not shown"

_WEEKDAYS, _HOURS_A_DAY = 5 / 7, 7.5
"""Of days in the calendar, and of a full-time working day: what a post comes to on the bases that do not count days of
the calendar. NHS contracts have 37.5 hours a week."""


def why_small(
    kind: object, numerator: float, denominator: float, *, audience: str, variant: str, days: float, rules: Rules
) -> str | None:
    """Why an organisation's own figure is of too few people to be shown, if it is. `kind` is the indicator's
    `small_count`; `days` are those of the calendar that were reported on."""
    if kind == "staff_answers":
        if denominator < rules.fewest_staff_answers:
            return TOO_FEW_ANSWERS
        if rules.fewest_staff_answers and numerator in (0.0, denominator):
            return ALL_ALIKE
    if kind == "staff_responses" and numerator < rules.fewest_staff_answers:
        return TOO_FEW_ANSWERS
    if kind == "user_answers":
        least = rules.fewest_user_answers_public if audience == PUBLIC else rules.fewest_user_answers
        if 0 < denominator < least:
            return TOO_FEW_ANSWERS
    if kind == "posts":
        a_post = {"working_days": days * _WEEKDAYS, "hours": days * _WEEKDAYS * _HOURS_A_DAY}.get(variant, days)
        if denominator < rules.fewest_posts * a_post:
            return TOO_FEW_POSTS
    return None
