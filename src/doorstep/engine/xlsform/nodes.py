"""XML without surprises: no entities, no DTD, no network, no endless documents."""

from __future__ import annotations

from lxml import etree

from doorstep.lib.problems import Problem, Problems, Where

Element = etree._Element

TAGS = "https://doorstep.example/ns"
JR = "http://openrosa.org/javarosa"
ENTITIES = "http://www.opendatakit.org/xforms/entities"

MOST_BYTES = 20_000_000


def parse(xml: bytes | str, file: str = "") -> Element:
    """The root element of ``xml``. Raises ``Problems`` when it is too large, unsound, or carries a DTD."""
    where = Where(file=file)
    data = xml.encode("utf-8") if isinstance(xml, str) else xml
    if len(data) > MOST_BYTES:
        raise Problems([Problem("xlsform.too_large", where, {"most": MOST_BYTES // 1_000_000})])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "amespace prefix" in str(error):
            raise Problems([Problem("xlsform.prefix_unknown", where, {"said": str(error).split(",")[0]})]) from error
        raise Problems([Problem("xlsform.not_xml", where, {"said": str(error)})]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Problems([Problem("xlsform.has_dtd", where)])
    return root


def local(element: Element) -> str:
    """The element's name without its namespace; '' for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> list[Element]:
    return [e for e in element if local(e) == name]


def path_of(nodeset: str) -> tuple[str, ...]:
    """``/data/care/weight`` → ``('care', 'weight')``; () for the root, attributes and whatever is no plain path."""
    steps = nodeset.strip().split("/")
    if len(steps) < 3 or steps[0] or steps[-1].startswith("@"):
        return ()
    return tuple(s.split(":")[-1] for s in steps[2:])
