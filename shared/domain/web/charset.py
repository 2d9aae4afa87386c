"""The text of a document as UTF-8 bytes, whichever charset it was sent in.

The reader and the novelty scan both start from this one form, so that a document cut by the scan is read as
the whole was. RFC 7303 is the order: a byte order mark, then the HTTP header, then the XML declaration.
Between mark and header stands what proves itself: bytes beyond ASCII that are valid UTF-8 are UTF-8, whatever
a server says of all its files.
"""

import codecs
import re
from dataclasses import dataclass

UTF8_MARK = codecs.BOM_UTF8

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SHAPES = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
# What these names are used for is the larger set (WHATWG Encoding, §4.2).
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf8": "utf-8",
    "unicode": "utf-8",
    "utf-16": "utf-8",
    "utf-32": "utf-8",
}
# Python codecs that are no charset of a document; some of them are slow on purpose-made bytes.
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
# Browsers read the five bytes that windows-1252 leaves open as the C1 controls of ISO 8859-1.
_UNDEFINED_IN_1252 = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:\-]{1,40})["']""")
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:\-]{1,40})""", re.IGNORECASE)
# XML 1.0 §2.2 allows no control but tab, line feed and return; one of them would lose the whole document.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})


@dataclass(frozen=True, slots=True)
class Text:
    """A document as UTF-8 without mark, controls and leading space; not `exact` where bytes were guessed."""

    data: bytes
    charset: str
    exact: bool


def read_text(document: bytes, content_type: str | None = None) -> Text:
    """Decode a document by its mark, its header or its declaration.

    Bytes that fit none of them are read as UTF-8 with the bad ones replaced where most of it is UTF-8, else
    as windows-1252.
    """
    charset, start = _marked(document)
    body = document[start:]
    candidates = (charset,) if charset else _candidates(body, content_type)
    for candidate in candidates:
        data = _decoded(body, candidate)
        if data is not None:
            return Text(data.translate(None, _CONTROLS).lstrip(), candidate, exact=True)
    return Text(_guessed(body).translate(None, _CONTROLS).lstrip(), "", exact=False)


def _marked(document: bytes) -> tuple[str, int]:
    for mark, charset in _MARKS:
        if document.startswith(mark):
            return charset, len(mark)
    return next(((charset, 0) for shape, charset in _SHAPES if document.startswith(shape)), ("", 0))


def _candidates(body: bytes, content_type: str | None) -> tuple[str, ...]:
    declared = _declared(body, content_type)
    return declared if body.isascii() else tuple(dict.fromkeys(("utf-8", *declared)))


def _declared(body: bytes, content_type: str | None) -> tuple[str, ...]:
    header = _HEADER.search(content_type or "")
    declaration = _DECLARED.match(body.lstrip()[:300])
    named = [header[1]] if header else []
    named += [declaration[1].decode("ascii")] if declaration else []
    return tuple(_WIDER.get(name.lower(), name.lower()) for name in named) or ("utf-8",)


def _decoded(body: bytes, charset: str) -> bytes | None:
    if charset in _NOT_CHARSETS:
        return None
    try:
        text = body.decode(charset)
        return body if charset == "utf-8" else text.encode()
    except (UnicodeError, LookupError, AttributeError, TypeError):
        return _latin(body) if charset == "cp1252" else None


def _latin(body: bytes) -> bytes:
    return body.decode("cp1252", "surrogateescape").translate(_UNDEFINED_IN_1252).encode()


def _guessed(body: bytes) -> bytes:
    text = body.decode("utf-8", "replace")
    good = sum(len(run) for run in re.findall(r"[^\x00-\x7f\ufffd]+", text))
    return text.encode() if good > text.count("\ufffd") else _latin(body)
