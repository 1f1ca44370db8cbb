"""The compound file of old Word and Excel files: which streams lie at its root."""

from __future__ import annotations

import struct

from gouji.ocr.finding import DocumentError

_FREE = 0xFFFFFFFA  # and above: no sector
_NONE = 0xFFFFFFFF


def root_streams(data: bytes) -> dict[str, bytes]:
    """Names of the root's streams and storages, each with its first bytes where those are known.

    Raises ``damaged`` for a file cut short.
    """
    try:
        return _root_streams(data)
    except (struct.error, IndexError, ValueError) as error:
        raise DocumentError("damaged") from error


def _root_streams(data: bytes) -> dict[str, bytes]:
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError("sector size")
    size = 1 << shift
    entries = _directory(data, size)
    found: dict[str, bytes] = {}
    waiting = [struct.unpack_from("<I", entries[0], 76)[0]]
    seen: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index == _NONE or index in seen:
            continue
        seen.add(index)
        entry = entries[index]
        length = max(0, min(64, struct.unpack_from("<H", entry, 64)[0]) - 2)
        left, right = struct.unpack_from("<II", entry, 68)
        first, bytes_long = struct.unpack_from("<II", entry, 116)
        start = (first + 1) * size
        found[entry[:length].decode("utf-16-le", "replace")] = (
            data[start : start + 64] if bytes_long >= 4096 and first < _FREE else b""
        )
        waiting += [left, right]
    return found


def _directory(data: bytes, size: int) -> list[bytes]:
    """The directory's entries of 128 bytes, following its chain of sectors."""
    fat = _fat(data, size)
    sector = struct.unpack_from("<I", data, 48)[0]
    entries: list[bytes] = []
    for _ in range(len(fat) + 1):
        if sector >= _FREE:
            return entries
        start = (sector + 1) * size
        block = data[start : start + size]
        if len(block) < size:
            raise ValueError("directory cut short")
        entries += [block[at : at + 128] for at in range(0, size, 128)]
        sector = fat[sector]
    raise ValueError("directory without end")


def _fat(data: bytes, size: int) -> list[int]:
    sectors = list(struct.unpack_from("<109I", data, 76))
    more, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if more >= _FREE:
            break
        table = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += table[:-1]
        more = table[-1]
    fat: list[int] = []
    for sector in sectors:
        if sector < _FREE and (sector + 2) * size <= len(data) + size - 1:
            block = data[(sector + 1) * size : (sector + 2) * size].ljust(size, b"\xff")
            fat += struct.unpack(f"<{size // 4}I", block)
    return fat
