"""PDFs written by hand, object by object: for files that no program writes, and bad ones."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class RawPdf:
    """Pages of raw content streams over one set of resources."""

    resources: str = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    pages: list[tuple[str, str]] = field(default_factory=list)
    extra: list[bytes] = field(default_factory=list)
    """Further objects, numbered from 4."""

    def page(self, content: str, more: str = "/MediaBox[0 0 400 300]") -> RawPdf:
        """Adds a page; ``more`` are entries of its dictionary."""
        self.pages.append((content, more))
        return self

    def object(self, text: str | bytes) -> int:
        """Adds an object, and tells its number."""
        self.extra.append(text if isinstance(text, bytes) else text.encode("latin-1"))
        return 3 + len(self.extra)

    def stream(self, data: bytes, entries: str = "") -> int:
        """Adds a stream, and tells its number."""
        head = f"<<{entries}/Length {len(data)}>>stream\n".encode("latin-1")
        return self.object(head + data + b"\nendstream")

    def bytes(self) -> bytes:
        """The file."""
        first = 4 + len(self.extra)
        kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(self.pages)))
        parts = [
            b"<</Type/Catalog/Pages 2 0 R>>",
            f"<</Type/Pages/Kids[{kids}]/Count {len(self.pages)}>>".encode(),
            f"<<{self.resources}>>".encode("latin-1"),
            *self.extra,
        ]
        for i, (content, more) in enumerate(self.pages):
            parts.append(
                "<</Type/Page/Parent 2 0 R/Resources 3 0 R"
                f"/Contents {first + 2 * i + 1} 0 R{more}>>".encode()
            )
            data = content.encode("latin-1")
            parts.append(b"<</Length %d>>stream\n%b\nendstream" % (len(data), data))
        body = b"%PDF-1.7\n"
        offsets = []
        for number, part in enumerate(parts, 1):
            offsets.append(len(body))
            body += b"%d 0 obj\n%b\nendobj\n" % (number, part)
        table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        count = len(parts) + 1
        return (
            body + b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table)
            + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(body))
        )  # fmt: skip


def text(x: float, y: float, words: str, size: float = 12, more: str = "") -> str:
    """Content that shows ``words`` at ``x``, ``y`` (points from the lower left)."""
    return f"BT /F1 {size} Tf {more} 1 0 0 1 {x} {y} Tm ({words}) Tj ET\n"


def cmap(codes: dict[int, str]) -> bytes:
    """A ToUnicode map of one-byte codes."""
    lines = "\n".join(
        f"<{code:02x}> <{''.join(f'{ord(c):04x}' for c in meaning)}>"
        for code, meaning in codes.items()
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{lines}\nendbfchar endcmap end end"
    ).encode("ascii")
