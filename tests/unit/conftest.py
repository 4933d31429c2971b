"""The peers' own test cases and the deflators, where they lie beside the checkout, at ../shared."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture(scope="session")
def peer_case() -> Callable[[str], pd.DataFrame]:
    """Reads one file of the cases, such as "phe/rate". Only an empty cell is missing: "None" and "NA" are texts."""

    def read(name: str) -> pd.DataFrame:
        path = SHARED / "cases" / f"{name}.csv"
        if not path.exists():
            pytest.skip(f"the peers' test cases are not at ../shared/cases: {path} is missing")
        return pd.read_csv(path, keep_default_na=False, na_values=[""])

    return read


@pytest.fixture(scope="session")
def calendar_deflators() -> pd.DataFrame:
    """HM Treasury's GDP deflators by calendar year, of December 2025: year, deflator."""
    path = SHARED / "data" / "deflators" / "hmt_gdp_deflator_calendar_1990_2024_2024eq100.csv"
    if not path.exists():
        pytest.skip(f"the deflators are not at ../shared/data: {path} is missing")
    return pd.read_csv(path).rename(columns={"value": "deflator"})
