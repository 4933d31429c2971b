"""Where the files that are not Python lie, in a checkout and in an installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def sql_folder() -> Path:
    """The folder sql/: inside the package when installed, at the top of the checkout otherwise."""
    return _beside("sql")


def dagster_settings() -> Path:
    """The file dagster.yaml, which Dagster wants in DAGSTER_HOME."""
    return _beside("dagster.yaml")


def quoted(path: Path) -> str:
    """A path as a string of SQL, where DuckDB takes no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def _beside(name: str) -> Path:
    packaged = _PACKAGE / name
    return packaged if packaged.exists() else _PACKAGE.parents[1] / name
