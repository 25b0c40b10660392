"""The viewer: a small read-only web app over the archive, on Starlette and Jinja, without a script of its own."""

from __future__ import annotations

from zsparkcrawl.serve.app import make_app

__all__ = ["make_app"]
