"""When things happen: Dagster, and nothing else. What happens is in `impact`, what a table is in sql/."""
