"""Học Vụ Số: from a question to a completion record."""

__version__ = "0.1.0"
