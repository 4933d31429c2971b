"""Counts made coarse: OpenSAFELY's own examples."""

from collections.abc import Callable

import pandas as pd

from impact.disclosure.rounding import midpoint_round, redact_and_round

Peer = Callable[[str], pd.DataFrame]


def words(counts: "pd.Series[int]") -> list[str]:
    return ["[REDACTED]" if pd.isna(count) else str(count) for count in counts]


def test_counts_round_as_the_peers_do(peer_case: Peer) -> None:
    table = peer_case("sdc/opensafely_rounding")
    assert words(redact_and_round(table["true"])) == table["round5_after_redact_le7"].tolist()
    assert midpoint_round(table["true"]).tolist() == table["midpoint6"].tolist()


def test_a_tables_parts_round_as_the_peers_do_and_its_total_is_what_they_then_come_to(peer_case: Peer) -> None:
    table = peer_case("sdc/opensafely_table_example")
    for column in ("heart_disease", "population"):
        parts = redact_and_round(table[column].iloc[:-1])
        assert [*words(parts), str(parts.sum())] == table[f"expected_{column}"].astype(str).tolist()


def test_a_few_counts_by_hand() -> None:
    counts = pd.Series([0, 1, 7, 8, 12, 13])
    assert words(redact_and_round(counts)) == ["0", "[REDACTED]", "[REDACTED]", "10", "10", "15"]
    assert midpoint_round(counts).tolist() == [0, 3, 9, 9, 9, 15]
    assert midpoint_round(counts, base=10).tolist() == [0, 5, 5, 5, 15, 15]
