"""The copies of an article: entered, held against each other, and told of."""
