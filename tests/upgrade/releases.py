"""The code of earlier releases, taken from the history."""

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from tests.races.server import environment

OLD_RELEASE = "7d8a3c93421e970550b5be5788a2d53deaad39cd"
"""What serves somewhere when this version comes: the commit that was released last. Move it on with each."""


def git(*arguments: str) -> bytes:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, check=True, capture_output=True).stdout


def need_history():
    """Skip where the old release is not in the history, as in a shallow clone.

    REQUIRE_HISTORY=1 forbids it.
    """
    try:
        git("cat-file", "-e", f"{OLD_RELEASE}^{{commit}}")
    except (OSError, subprocess.CalledProcessError) as missing:
        if os.environ.get("REQUIRE_HISTORY"):
            raise
        pytest.skip(f"the code of {OLD_RELEASE[:7]} is not in the history here: {missing}")


@dataclass(frozen=True)
class Release:
    """The code of a commit, in a folder of its own."""

    folder: Path

    @classmethod
    def unpacked(cls, commit: str, folder: Path) -> "Release":
        with tarfile.open(fileobj=BytesIO(git("archive", commit))) as code:
            code.extractall(folder, filter="data")
        return cls(folder)

    def manage(self, *arguments: str):
        """Let its manage.py work on the database that the tests are connected to."""
        command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
