"""What organisations are called in one report, so that no two are called the same. The register holds names as they
are, and two may share one: a predecessor and who came after it, say. A reader who sees only names could not tell them
apart, and a link could not either."""

from collections import Counter
from collections.abc import Mapping


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names by code, those that several share with the code beside them: `Alpha Care CIC (M001)`. No two are alike."""
    folded = Counter(map(_folded, names.values()))
    told = {code: _with_code(code, name) if folded[_folded(name)] > 1 else name for code, name in names.items()}
    if len(set(told.values())) == len(told):
        return told
    # Somebody is called what somebody else's name and code are. With a code each at their ends, no two are.
    return {code: _with_code(code, name) for code, name in names.items()}


def _with_code(code: str, name: str) -> str:
    return f"{name} ({code})"


def _folded(name: str) -> str:
    """What is left of a name for whoever does not look at capitals and spaces."""
    return " ".join(name.casefold().split())
