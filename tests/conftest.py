"""Fixtures that several test modules share."""

from collections.abc import Iterator

import pytest

from bench.sample_site import Served, build, serve


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample site, served on loopback: `.url` without a slash at the end, and `.truths`."""
    folder = tmp_path_factory.mktemp("sample") / "site"
    build(folder)
    with serve(folder) as served:
        yield served
