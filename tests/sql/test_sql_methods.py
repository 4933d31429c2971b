"""The worked example of a verdict in docs/methods.md, made by the tables that make the reports."""

import re
from pathlib import Path

from tests.sql.tables import asked, instrument, one, organisation, run, tables

PAGE = (Path(__file__).parents[2] / "docs" / "methods.md").read_text("utf-8")
OWN = (107, 120)
PEERS = ((74, 110), (61, 95), (150, 210), (45, 60), (88, 140), (52, 90), (120, 160), (70, 115))


def test_the_example_of_a_verdict_is_what_the_tables_make_it() -> None:
    section = PAGE.split("## 5. ")[1].split("## 6. ")[0]
    assert f"peers = {list(PEERS)}" in section
    [said] = re.findall(r"Example\. .*?```", section, flags=re.DOTALL)
    printed = [float(number) for number in re.findall(r"\*\*([\d.]+)%\*\*", said)]
    answers = [("M0", *OWN), *((f"P{place}", *peer) for place, peer in enumerate(PEERS))]
    connection = tables(
        *instrument("core"),
        *(organisation(code) for code, _, _ in answers),
        *(asked(code, "2026-Q1", good, of) for code, good, of in answers),
    )
    run(connection, "benchmarks.verdict")
    limits = "value, benchmark, lower_95, upper_95, lower_99_8, upper_99_8"
    *found, verdict = one(
        connection,
        "benchmarks.verdict",
        f"{limits}, verdict",
        organisation_code="M0",
        indicator_id="staff_satisfaction",
        period_id="2026-Q1",
    )
    assert [round(value, 1) for value in found] == printed
    assert verdict == "better"
