"""Commands of `scrapy` that this project brings or replaces."""
