"""Parsing a query with the concepts that it may name: the built-in ones, and the user's own."""

from services.cli.stack import open_stack
from shared.domain.topics.concepts import NO_CONCEPTS
from shared.domain.topics.query import Query
from shared.domain.topics.query_parser import parse_query
from shared.store.concepts import load_concepts


def parse_known(query: str) -> Query:
    """Parse a query; the database is asked only where a concept is named.

    Raises QueryError with the column where the query cannot be used.
    """
    if "~" not in query:
        return parse_query(query, NO_CONCEPTS)
    with open_stack() as stack, stack.database.begin() as transaction:
        return parse_query(query, load_concepts(transaction))
