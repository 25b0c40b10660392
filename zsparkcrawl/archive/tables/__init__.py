"""The tables, a comment on each column."""
