"""`python -m tests.bench_charts`: what one chart of each kind costs, in milliseconds and in kilobytes.

The charts are as large as pages have them. Read the ratios within one run: machines differ and are busy.
"""

import time

import click

from impact.reports.charts import NARROW, WIDE, draw, standalone
from tests.unit.reports.charts.samples import all_charts

REPEATS = 300


@click.command()
@click.option("--repeats", default=REPEATS, show_default=True)
def main(repeats: int) -> None:
    """The least, the median and the 95th percentile of so many drawings of each."""
    click.echo(f"{'chart':<14}{'width':>6}{'least ms':>10}{'median ms':>10}{'p95 ms':>10}{'KB':>8}{'alone KB':>10}")
    for kind, chart in all_charts().items():
        for width in (WIDE, NARROW):
            times = []
            for _ in range(repeats):
                start = time.perf_counter()
                svg = draw(chart, width, kind)
                times.append((time.perf_counter() - start) * 1000)
            times.sort()
            least, median, p95 = times[0], times[repeats // 2], times[repeats * 95 // 100]
            sizes = f"{len(svg.encode()) / 1000:>8.1f}{len(standalone(svg).encode()) / 1000:>10.1f}"
            click.echo(f"{kind:<14}{width:>6}{least:>10.2f}{median:>10.2f}{p95:>10.2f}{sizes}")


if __name__ == "__main__":
    main()
