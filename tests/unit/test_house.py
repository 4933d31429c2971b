"""The house: which part may know which. Read from the code's own imports, those inside functions too."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]

ROAD = (
    ("errors", "places", "periods"),
    ("home", "parquet", "statistics", "disclosure"),
    ("definition",),
    ("checking",),
    ("versions", "indicators"),
    ("settings", "register"),
    ("intake",),
    ("sources", "status"),
    ("models",),
    ("warehouse",),
    ("release",),
    ("reports",),
    ("demo", "nhs", "guide"),
    ("simulation",),
    ("cli",),
)
"""The parts of `impact` in the order of the road: each may know those before it and none after it."""


def imports(path: Path) -> set[str]:
    """The full names of the modules that a file imports, and of what it imports from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(folder: str) -> dict[str, Path]:
    """Dotted name -> file, of every module below a folder of the checkout."""
    top = ROOT / folder
    found = {}
    for path in sorted(top.rglob("*.py")):
        parts = path.relative_to(top.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def test_impact_never_imports_dagster_or_pipelines() -> None:
    for name, path in modules("src/impact").items():
        assert not {one for one in imports(path) if one.split(".")[0] in ("dagster", "pipelines")}, name


def test_only_pipelines_imports_dagster_and_it_holds_no_sql() -> None:
    for name, path in modules("pipelines").items():
        assert not {one for one in imports(path) if one.split(".")[0] in ("duckdb", "pandas")}, name
        strings = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
        assert not [text for text in strings if isinstance(text, str) and text.lower().startswith("select ")], name


def test_the_parts_of_impact_know_only_those_before_them() -> None:
    place = {part: index for index, parts in enumerate(ROAD) for part in parts}
    found = modules("src/impact")
    assert {name.split(".")[1] for name in found if "." in name} == set(place)
    for name, path in found.items():
        if "." not in name:
            continue
        part = name.split(".")[1]
        known = {one.split(".")[1] for one in imports(path) if one.startswith("impact.")} - {"__version__"}
        too_late = {other for other in known & set(place) if other != part and place[other] >= place[part]}
        assert not too_late, f"{name} imports {too_late}"


def test_no_module_needs_itself() -> None:
    found = modules("src/impact") | modules("pipelines")
    imported = {name: imports(path) for name, path in found.items()}
    imported = {name: ones | {one.rpartition(".")[0] for one in ones} for name, ones in imported.items()}
    needs = {name: (ones & set(found)) - {name} for name, ones in imported.items()}
    assert len(list(TopologicalSorter(needs).static_order())) == len(found)


def test_nothing_is_done_at_import() -> None:
    """But for constants, definitions and imports, a module of impact states nothing at its top."""
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Expr, ast.If)
    for name, path in modules("src/impact").items():
        for node in ast.parse(path.read_text("utf-8")).body:
            assert isinstance(node, allowed), f"{name}, line {node.lineno}"
            if isinstance(node, ast.Expr):
                assert isinstance(node.value, ast.Constant), f"{name}, line {node.lineno}"
