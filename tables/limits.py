"""Limits that an honest file never meets; ``gouji.ingest.settings`` lets a user change them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """How much one document may ask for before it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_bytes: int = Field(
        default=200_000_000, gt=0, description="bytes of a file, of a ZIP member, of an XML part"
    )
    unpacked_bytes: int = Field(
        default=2_000_000_000, gt=0, description="bytes of all members of one ZIP together"
    )
    ratio: int = Field(
        default=200,
        gt=0,
        description="times a ZIP member over 20 MB may be larger than its packed form",
    )
    members: int = Field(default=20_000, gt=0, description="members of one ZIP")
    nesting: int = Field(default=3, ge=0, description="ZIPs inside a ZIP, one in another")
    pages: int = Field(default=2_000, gt=0, description="pages of a document")
    scans: int = Field(default=200, gt=0, description="scanned pages of a document")
    pixels: int = Field(default=200_000_000, gt=0, description="pixels of an image or drawn page")
    depth: int = Field(default=2_000, gt=0, description="elements of a web page, one in another")
    table_depth: int = Field(default=60, gt=0, description="tables, one in another")
    columns: int = Field(default=16_384, gt=0, description="columns of a table")
    cells: int = Field(default=2_000_000, gt=0, description="cells of all tables of a document")
    seconds: float = Field(default=300, gt=0, description="wall-clock seconds for a document")
    memory_mb: int = Field(
        default=4_096, ge=0, description="MB of memory for a document; 0 for no limit"
    )
