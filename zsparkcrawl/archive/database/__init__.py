"""The database itself: opened, brought up to date, locked, checked, copied."""
