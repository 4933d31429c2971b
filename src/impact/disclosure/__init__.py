"""Disclosure control: which cells may not be shown, which more must go with them, and the proof that nothing leaks."""
