"""An organization as one file: written here, and taken in again on another installation.

The form of the file is told in `docs/export.md`.
"""

from victory.portable.export import write_export
from victory.portable.reading import Package, read_package
from victory.portable.restore import Restored, rehearse, restore

__all__ = ["Package", "Restored", "read_package", "rehearse", "restore", "write_export"]
