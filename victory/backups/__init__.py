"""The whole database as one file: written while people work, and put back.

The form of the file, and how to go about it, is told in `docs/operation.md`.
"""

from victory.backups.archive import Manifest
from victory.backups.backup import back_up
from victory.backups.refused import Refused
from victory.backups.restore import Restored, put_back

__all__ = ["Manifest", "Refused", "Restored", "back_up", "put_back"]
