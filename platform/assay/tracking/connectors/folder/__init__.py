"""Artifacts in a folder of the server's own disk, or one that all servers mount."""

from assay.tracking.connectors.folder.home import FolderHome

__all__ = ["FolderHome"]
