"""XML that is read beside feedparser: entities, DTDs and the network are never used."""

from typing import Any

from lxml import etree


def read_xml(data: bytes, *, recover: bool = False) -> Any:  # noqa: ANN401 - lxml ships no types
    """Give the root element of UTF-8 bytes; None where there is none. With `recover` what is broken is passed over."""
    # Its own parser for each document; entities are left as they are.
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def local_name(element: Any) -> str:  # noqa: ANN401 - lxml ships no types
    """Give an element's name without its namespace or, where that was never declared, its prefix."""
    return (
        str(element.tag).rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""
    )


def child_text(element: Any, name: str) -> str:  # noqa: ANN401 - lxml ships no types
    """Give the text of the first child of this local name, on one line, "" where there is none."""
    found = next((child for child in element if local_name(child) == name), None)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""
