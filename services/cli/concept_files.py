"""Files of concepts: CSV, or a thesaurus in SKOS as RDF/XML, Turtle or JSON-LD."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.cli.files import read_bounded
from shared.domain.topics.concepts import ConceptEntry
from shared.domain.topics.own_concepts import concept_id
from shared.errors import RefusedError

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

_MOST_BYTES = 200_000_000
_FORMATS = {
    ".rdf": "xml",
    ".xml": "xml",
    ".owl": "xml",
    ".ttl": "turtle",
    ".n3": "turtle",
    ".jsonld": "json-ld",
    ".json": "json-ld",
}
_PHRASE_SIGN = ";"


def read_concepts(file: Path) -> list[ConceptEntry]:
    """Read a file of concepts, as its ending says; raises RefusedError where it cannot be used."""
    content = read_bounded(file, most=_MOST_BYTES)
    rdf = _FORMATS.get(file.suffix.lower())
    found = list(_from_skos(content, rdf, file) if rdf else _from_csv(content, file))
    if not found:
        raise RefusedError(str(file), "holds no concept; see docs/topics.md for what a file looks like")
    return found


def _from_csv(content: bytes, file: Path) -> Iterator[ConceptEntry]:
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        columns = rows.fieldnames or ()
    except (UnicodeDecodeError, csv.Error) as error:
        raise RefusedError(str(file), f"is no CSV in UTF-8: {error}") from error
    languages = [name for name in columns if name not in {"id", "definition", "broader"}]
    if "id" not in columns or not languages:
        raise RefusedError(
            str(file), "its first line must name the columns: id, and one for each language, as en or fr"
        )
    for row in rows:
        yield ConceptEntry(
            concept_id(row["id"] or ""),
            tuple((language, phrase) for language in languages for phrase in _parts(row[language])),
            tuple(map(concept_id, _parts(row.get("broader")))),
            row.get("definition") or "",
        )


def _parts(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(_PHRASE_SIGN) if part.strip()]


def _from_skos(content: bytes, rdf: str, file: Path) -> Iterator[ConceptEntry]:
    try:
        from rdflib import RDF, SKOS, Graph  # noqa: PLC0415 - an extra that not everybody has
    except ImportError as error:
        raise RefusedError(str(file), "is SKOS, which needs rdflib: pip install 'tocsin[skos]'") from error
    graph = Graph()
    try:
        graph.parse(data=content, format=rdf)
    except Exception as error:  # the parsers of rdflib raise what they like
        raise RefusedError(str(file), f"is no {rdf}: {' '.join(str(error).split())[:200]}") from error
    concepts = sorted(set(graph.subjects(RDF.type, SKOS.Concept)), key=str)
    ids = _ids(graph, concepts)
    for concept in concepts:
        broader = [*graph.objects(concept, SKOS.broader), *graph.subjects(SKOS.narrower, concept)]
        labels = [*_labels(graph, concept, SKOS.prefLabel), *_labels(graph, concept, SKOS.altLabel)]
        said = next(iter(graph.objects(concept, SKOS.definition)), "")
        phrases = [*labels, *_labels(graph, concept, SKOS.hiddenLabel)]
        if phrases:
            yield ConceptEntry(
                ids[concept], tuple(phrases), tuple(sorted({ids[b] for b in broader if b in ids})), str(said)
            )


def _labels(graph: "Graph", concept: "Node", kind: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - a term of rdflib
    found = ((getattr(label, "language", None), str(label)) for label in graph.objects(concept, kind))
    return sorted((language, label) for language, label in found if language)


def _ids(graph: "Graph", concepts: "list[Node]") -> "dict[Node, str]":
    """Give each concept an id: its English label, else the end of its URI; two never have the same."""
    from rdflib import SKOS  # noqa: PLC0415 - as above

    ids: dict[Node, str] = {}
    taken: set[str] = set()
    for concept in concepts:
        english = [label for language, label in _labels(graph, concept, SKOS.prefLabel) if language == "en"]
        end = str(concept).rstrip("/#").replace("#", "/").rpartition("/")[2]
        named = concept_id(english[0]) if english else concept_id(end)
        ids[concept] = named if named not in taken else concept_id(f"{named} {end}")
        taken.add(ids[concept])
    return ids
