"""Who is who: the register's files, checked as strictly as drops, and every accepted version of them kept."""

from impact.register.register import Register, current_register, register_at, take_register

__all__ = ["Register", "current_register", "register_at", "take_register"]
