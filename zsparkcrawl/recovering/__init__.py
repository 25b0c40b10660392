"""Copies that somebody else kept: WARC files of any tool, and what a web archive has of a site.

A copy is entered as a capture under its own address and its own moment, and read as any other page is.
"""
