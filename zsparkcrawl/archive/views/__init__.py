"""What is shown of the archive: one article, a page of many, what a query finds."""
