"""The pages of documents: the list, filing and replacing, withdrawing, sending from home, and the download.

The blueprint is ``pages``, named "documents".
"""

from __future__ import annotations

from isp.documents.pages.blueprint import pages
from isp.documents.pages.downloading import download
from isp.documents.pages.filing import add
from isp.documents.pages.listing import documents
from isp.documents.pages.sending import send
from isp.documents.pages.withdrawing import withdraw

# Importing a module of pages registers its routes; naming a page of each keeps the import.
__all__ = ["add", "documents", "download", "pages", "send", "withdraw"]
