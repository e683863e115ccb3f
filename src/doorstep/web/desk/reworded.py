"""A record's XML with one answer changed, for the desk to send as a correction."""

from __future__ import annotations

from lxml import etree


def about_another(content: bytes, path: tuple[str, ...], value: str) -> bytes:
    """A record's XML with another answer at ``path``."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    node = root
    for name in path:
        node = next(child for child in node if etree.QName(child).localname == name)
    node.text = value
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
