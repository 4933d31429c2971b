"""Benchmark reports on public service mutuals: plain Python, which never imports Dagster."""

from importlib.metadata import version

__version__ = version("impact")
