"""What goes wrong when a package is made."""

from __future__ import annotations

from zsparkcrawl.errors import ZsparkError

__all__ = ["NothingPackedError", "PackageError"]


class PackageError(ZsparkError):
    """The package could not be written, or its place is taken by something else."""


class NothingPackedError(PackageError):
    """There is not one article to package."""
