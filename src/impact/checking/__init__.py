"""A table that someone sent, held against its definition: bytes -> text rows -> findings."""
