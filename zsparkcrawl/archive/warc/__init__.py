"""The bytes as they came, in WARC files."""
