"""What can go wrong with the store and the originals, as against with a document."""

from __future__ import annotations

from gouji.ocr.finding import DocumentError


class StoreError(DocumentError):
    """The store or the originals could not be read or written; nothing was half done.

    ``transient``: trying again later may help.
    """

    def __init__(self, code: str, store: str, reason: str, *, transient: bool) -> None:
        super().__init__(code, store=store, reason=reason)
        self.transient = transient
