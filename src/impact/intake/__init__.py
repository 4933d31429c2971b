"""Drops in, receipts and returns out: what arrived, what is said about it, and the decision that lasts."""
