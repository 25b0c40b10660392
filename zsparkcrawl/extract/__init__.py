"""Reading: from a page to an article, each field by a cascade of evidence."""
