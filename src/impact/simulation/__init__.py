"""Proof of the machine: many generated sectors of which the effects are known, sent through the tables of sql/."""
