"""The peers' own test cases, where they lie beside the checkout, at ../shared/cases."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

CASES = Path(__file__).parents[4] / "shared" / "cases"


@pytest.fixture(scope="session")
def peer_case() -> Callable[[str], pd.DataFrame]:
    """Reads one file of the cases, such as "sdc/opensafely_rounding"."""

    def read(name: str) -> pd.DataFrame:
        path = CASES / f"{name}.csv"
        if not path.exists():
            pytest.skip(f"the peers' test cases are not at ../shared/cases: {path} is missing")
        return pd.read_csv(path, keep_default_na=False, na_values=[""])

    return read
