"""The statistics, as functions from a table to a copy of it with columns added. What an indicator is belongs elsewhere.

Formulas that work row by row are macros of sql/macros.sql, so that the warehouse and these functions share them; what
needs a library (exact Poisson limits, quantiles of Student's t) is made here as a small table and joined.
"""
