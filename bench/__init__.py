"""Programs that measure what the package claims."""
