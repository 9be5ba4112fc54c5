"""What the tests of paper share: all that is printed of the real speech, printed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from speechsite.paper import Printing, make_handouts
from speechsite.paper.handouts import Handout
from speechsite.words import Speech


@pytest.fixture(scope="session")
def printing(speech: Speech, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Printing]:
    folder = tmp_path_factory.mktemp("handouts")
    return folder, make_handouts(speech, folder, "bundled")


@pytest.fixture(scope="session")
def made(printing: tuple[Path, Printing]) -> tuple[Path, tuple[Handout, ...]]:
    return printing[0], printing[1].handouts
