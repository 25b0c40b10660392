"""The spiders: one a section, all on one way of walking."""
