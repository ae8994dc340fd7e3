"""Text files of any encoding as a stream of UTF-8 blocks, without losing a byte that cannot be read.

A byte that the encoding does not know becomes a mark: NUL, then `xNN`. NUL never occurs in readable text, so a record
that holds one is refused whole by the reader, and its bytes can still be seen in the rejected row.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tower.errors import SourceError

BLOCK_BYTES = 8 * 1024 * 1024
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "utf-16": "utf-16",
}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK = "tower_mark_undecodable"
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"\0x{byte:02X}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_MARK, _mark_undecodable)


def readable(text: str) -> str:
    """Marked text as a person may read it: an undecodable byte as `\\xNN`."""
    return re.sub("\0x([0-9A-F]{2})", r"\\x\1", text)


def utf8_blocks(path: Path, encoding: str, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The file's text as UTF-8 without byte order mark, in blocks that may end anywhere. `encoding` names a codec."""
    decoder = codecs.getincrementaldecoder(encoding)(errors=_MARK)
    with _open(path) as file:
        if encoding == "utf-8":
            first = file.read(len(codecs.BOM_UTF8))
            rest = b"" if first == codecs.BOM_UTF8 else first
        else:
            rest = b""
        for block in _blocks(file, block_bytes):
            yield decoder.decode(rest + block).encode()
            rest = b""
        yield decoder.decode(rest, final=True).encode()


def detect_encoding(path: Path) -> str:
    """Name the codec of a text file by all of its bytes.

    A byte order mark decides; then valid UTF-8 does. What is left is told apart by its runs of high bytes: in GBK
    they come in pairs, in Western European text mostly alone. Raises SourceError where neither is clear, rather than
    to guess.
    """
    with _open(path) as file:
        start = file.read(4)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    invalid, valid_high = _utf8_evidence(path)
    if invalid == 0 or valid_high > invalid:
        return "utf-8"
    even, odd, undefined = _run_evidence(path)
    if even >= 9 * odd:
        return "gb18030"
    if odd >= even:
        return "latin-1" if undefined else "cp1252"
    raise SourceError(
        f"{path.name}: the encoding is not clear. Declare it in source.toml, for example encoding = 'gbk', "
        "or save the file as UTF-8."
    )


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def _blocks(file: IO[bytes], block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    try:
        while block := file.read(block_bytes):
            yield block
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"{file.name}: the compressed file is cut off or damaged. Copy it again.") from error


def _utf8_evidence(path: Path) -> tuple[int, int]:
    """How many invalid bytes the file has as UTF-8, and how many characters beyond ASCII read well."""
    invalid = valid = 0
    for block in utf8_blocks(path, "utf-8"):
        if block.isascii() and b"\0" not in block:
            continue
        marks = len(re.findall(rb"\0x[89A-F][0-9A-F]", block))
        invalid += marks
        valid += len(re.findall(rb"[\xc0-\xff]", block))
    return invalid, valid


def _run_evidence(path: Path) -> tuple[int, int, bool]:
    """Runs of high bytes with an even and with an odd length, and whether cp1252 does not define one of the bytes."""
    even = odd = 0
    undefined = False
    with _open(path) as file:
        for block in _blocks(file):
            for run in _HIGH_RUNS.findall(block):
                if len(run) % 2:
                    odd += 1
                else:
                    even += 1
            undefined = undefined or any(byte in block for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
    return even, odd, undefined
