"""Finding words in articles: the language of queries, the index, and the hits."""
