"""What every asset is given: the home to work in, and the instant to work at."""

from datetime import datetime
from pathlib import Path

import dagster as dg

from impact.home import Home
from impact.periods import from_text


class Site(dg.ConfigurableResource):  # type: ignore[type-arg]
    """`now` is for the demo and for reruns of the past; a run without it works at the instant it was created. `by` is
    who had a publication prepared."""

    home: str = dg.EnvVar("IMPACT_HOME")
    now: str = ""
    by: str = "A scheduled run"
    wait_until_settled: bool = True

    def place(self) -> Home:
        return Home(Path(self.home))

    def instant(self, context: dg.AssetExecutionContext) -> datetime:
        """Read once a run, so that every asset of it works at the same instant."""
        if self.now:
            return from_text(self.now)
        record = context.instance.get_run_record_by_id(context.run.run_id)
        assert record is not None
        created_at: datetime = record.create_timestamp
        return created_at
