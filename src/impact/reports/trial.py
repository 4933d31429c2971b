"""What `impact publish --dry-run` says: what would be otherwise for whom, and because of which receipts. It is for ops,
who may see everything; what each audience is told is in `notices`."""

from collections.abc import Iterator

from impact.reports.differences import Causes, Change, Difference
from impact.reports.notices import change_words, largest, receipt_words
from impact.reports.publication import Drawn
from impact.reports.wording import count_of

_KINDS = {"public": "For the public", "commissioner": "For commissioners", "organisation": "For mutuals"}


def trial_lines(period_id: str, drawn: Drawn | None) -> Iterator[str]:
    """The lines of the answer, in the order to print them."""
    if drawn is None:
        yield f"Nothing has changed since the last publication of {period_id}: nothing would be prepared."
        return
    if drawn.follows is None:
        pages = len({name.partition("/")[0] for name in drawn.files if "/" in name})
        yield (
            f"{period_id} would be prepared as number {drawn.number}, with {count_of(pages, 'report', 'reports')}. "
            "Nothing of it has been released before, so there is nothing to compare it with."
        )
        yield "Nothing was written."
        return
    yield f"{period_id} would be prepared as number {drawn.number}. Beside number {drawn.follows}, which readers have:"
    for kind, title in _KINDS.items():
        found = [one for audience, one in drawn.differences.items() if audience.partition("-")[0] == kind]
        if found:
            yield f"{title}: {_counted(found)}"
    yield from _by_indicator(list(drawn.differences.values()))
    yield "Because of:"
    for line in _because(drawn.causes) or ["nothing that counts for it"]:
        yield f"  {line}"
    yield "Nothing was written."


def _counted(found: list[Difference]) -> str:
    changed = sum(not one.is_none for one in found)
    return (
        f"{changed} of {count_of(len(found), 'page', 'pages')} would change, "
        f"{count_of(sum(len(one.changes) for one in found), 'figure', 'figures')} changed, "
        f"{sum(one.appeared for one in found)} shown that were not before, "
        f"{sum(one.gone for one in found)} no longer shown, "
        f"{count_of(sum(len(one.verdicts) for one in found), 'verdict', 'verdicts')} changed"
    )


def _by_indicator(found: list[Difference]) -> Iterator[str]:
    """Each indicator whose figures changed: how many, on how many pages, and by how much at most."""
    of: dict[str, list[Change]] = {}
    pages: dict[str, int] = {}
    for one in found:
        names = [change.row.get("indicator_name", "Savings in pounds") for change in one.changes]
        for name in set(names):
            pages[name] = pages.get(name, 0) + 1
        for name, change in zip(names, one.changes, strict=True):
            of.setdefault(name, []).append(change)
    if of:
        yield "By indicator:"
    for name, changes in sorted(of.items()):
        most = largest(changes)
        by_how_much = f", {change_words(most)}" if most else ""
        yield (
            f"  {name}: {count_of(len(changes), 'figure', 'figures')} on "
            f"{count_of(pages[name], 'page', 'pages')}{by_how_much}"
        )


def _because(causes: Causes) -> list[str]:
    lines = [receipt_words(one) for one in causes.returns]
    lines += ["the register, of which there is another version"] * causes.is_register_other
    lines += ["settings, of which there is another version"] * causes.is_settings_other
    lines += ["the software, which is another one"] * causes.is_software_other
    return lines
