"""A drawing that stands alone: it needs no page, no variables, and Typst can set it."""

from importlib.resources import files
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import typst

from impact.reports.chart_records import Chart
from impact.reports.charts import NARROW, WIDE, draw, key_of, standalone
from tests.unit.reports.charts.samples import all_charts

FONTS = str(files("font_source_sans_pro").joinpath("files"))


@pytest.mark.parametrize("chart", all_charts().values(), ids=all_charts())
def test_it_has_its_style_inside_and_no_variables(chart: Chart) -> None:
    for svg in (draw(chart, WIDE, "id"), draw(chart, NARROW, "id"), *(entry.sign for entry in key_of(chart))):
        alone = standalone(svg)
        root = fromstring(alone)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root[0].tag == "{http://www.w3.org/2000/svg}style"
        assert "var(" not in alone
        assert [one.attrib for one in fromstring(svg).iter()] == [
            one.attrib for one in root.iter() if one is not root[0]
        ]


def test_typst_sets_charts_and_keys(tmp_path: Path) -> None:
    pictures = [
        svg
        for kind, chart in all_charts().items()
        for svg in (draw(chart, WIDE, kind), *(entry.sign for entry in key_of(chart)))
    ]
    for number, svg in enumerate(pictures):
        (tmp_path / f"{number}.svg").write_text(standalone(svg), "utf-8")
    source = "\n".join(f'#image("{number}.svg", alt: "A chart")' for number in range(len(pictures)))
    (tmp_path / "charts.typ").write_text('#set document(title: "Charts")\n' + source, "utf-8")
    pdf = typst.compile(
        str(tmp_path / "charts.typ"),
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    assert isinstance(pdf, bytes)
    assert pdf.startswith(b"%PDF")
