"""A drawing read back: its texts with the boxes that they take, its signs, and everything that has a place."""

import re
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element, fromstring

from impact.reports.chart_records import Chart
from impact.reports.charts import draw
from impact.reports.charts.placing import Box
from impact.reports.charts.text import ASCENT, DESCENT, width_of

_NUMBER = re.compile(r"-?[0-9.]+")
_STEP = re.compile(r"([MLHVv])([^MLHVv]*)")


@dataclass(frozen=True)
class Drawing:
    root: Element

    @cached_property
    def frame(self) -> Box:
        _, _, width, height = map(float, self.root.attrib["viewBox"].split())
        return Box(0, 0, width, height)

    def of(self, looks: str) -> list[Element]:
        """What is of a class."""
        return [element for element in self.root.iter() if looks in element.attrib.get("class", "").split()]

    def texts(self, looks: str | None = None) -> list[str]:
        found = self.root.iter("text") if looks is None else (one for one in self.of(looks) if one.tag == "text")
        return [element.text or "" for element in found]

    def text(self, words: str) -> Box:
        """Where the one text of these words lies."""
        [found] = [box for said, box in self.text_boxes() if said == words]
        return found

    def text_boxes(self) -> list[tuple[str, Box]]:
        return [(element.text or "", text_box(element)) for element in self.root.iter("text")]

    def boxes(self) -> list[Box]:
        """Of everything that is drawn."""
        return [box_of(element) for element in self.root.iter() if element.tag not in ("svg", "title", "desc")]


def drawn(chart: Chart, width: int, element_id: str = "id") -> Drawing:
    return Drawing(fromstring(draw(chart, width, element_id)))


def text_box(element: Element) -> Box:
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    width = width_of(element.text or "", "strong" in element.attrib.get("class", ""))
    left = x - {"middle": width / 2, "end": width}.get(element.attrib.get("text-anchor", ""), 0.0)
    return Box(left, y - ASCENT, left + width, y + DESCENT)


def box_of(element: Element) -> Box:
    at = {name: float(value) for name, value in element.attrib.items() if name in _PLACES}
    match element.tag:
        case "text":
            return text_box(element)
        case "line":
            return _around([at["x1"], at["x2"]], [at["y1"], at["y2"]])
        case "rect":
            assert at["width"] >= 0
            assert at["height"] >= 0
            return Box(at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"])
        case "circle":
            return Box(at["cx"] - at["r"], at["cy"] - at["r"], at["cx"] + at["r"], at["cy"] + at["r"])
        case "polygon":
            numbers = [float(number) for number in _NUMBER.findall(element.attrib["points"])]
            return _around(numbers[::2], numbers[1::2])
        case "path":
            corners = path_corners(element)
            return _around([x for x, _ in corners], [y for _, y in corners])
    raise AssertionError(element.tag)


def path_corners(element: Element) -> list[tuple[float, float]]:
    corners: list[tuple[float, float]] = []
    for step, rest in _STEP.findall(element.attrib["d"]):
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        x, y = corners[-1] if corners else (0.0, 0.0)
        match step:
            case "M" | "L":
                corners.append((numbers[0], numbers[1]))
            case "H":
                corners.append((numbers[0], y))
            case "v":
                corners.append((x, y + numbers[0]))
            case _:
                raise AssertionError(step)
    return corners


_PLACES = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height")


def _around(xs: list[float], ys: list[float]) -> Box:
    return Box(min(xs), min(ys), max(xs), max(ys))
