"""How crawling stands and went: runs, counts, what a night is judged by."""
