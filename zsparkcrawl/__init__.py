"""zsparkcrawl crawls a science park's news and notices, mends the broken text and keeps every change on record."""
