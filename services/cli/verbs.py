"""The verbs: where each is defined and what it does, so that no command imports what another needs.

What a command needs takes up to two seconds to import; the list of all is printed without importing any.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after `tocsin`; the last part of its module's name, and the first line of its own help."""

    module: str
    help: str
    hidden: bool = False


VERBS = {
    "up": Verb("run", "Run everything here, on the embedded services where none are given; stops on Ctrl-C."),
    "status": Verb("run", "Say whether everything works, and what does not; exit 0 when ready."),
    "once": Verb(
        "run",
        "Poll every feed now, process, and deliver what is due, in this process; then print the counts.",
    ),
    "feed": Verb("feed", "The addresses that are polled."),
    "topic": Verb("topic", "The queries that someone watches."),
    "concept": Verb("concept", "The meanings that ~concept finds, and their phrases."),
    "subscribe": Verb(
        "subscription",
        "Tell a topic, or events of feeds, to an endpoint; prints the secret of its messages once.",
    ),
    "subscription": Verb("subscription", "Which topic is told to which endpoint."),
    "endpoint": Verb("endpoint", "The receivers of webhooks."),
    "release": Verb("release", "The stored press releases."),
    "alert": Verb("alert", "What was told, to whom, and why."),
    "ledger": Verb("alert", "Show for each subscription what matched and what became of it; `missing` is 0."),
    "gaps": Verb("alert", "List the times in which a feed may have published more than was seen."),
    "sql": Verb("sql", "Query the views, read-only: releases, alerts, polls, ledger and the others."),
    "psql": Verb("sql", "Open psql as the read-only role, or print the URL to open it with."),
    "schema": Verb(
        "schema_page", "Show the views that can be queried, and what each of their columns means."
    ),
    "parse": Verb(
        "parse", "Read a feed document or a page as the line would, and print what it takes from it."
    ),
    "listen": Verb(
        "listen", "Receive webhooks: print and verify each; answers 204, or 400 where the signature is wrong."
    ),
    "verify": Verb(
        "receiving",
        "Check a saved request; says which part is wrong: the secret, the body, the time or a header.",
    ),
    "trigger": Verb(
        "receiving", "Send a sample of an event, signed as the real ones are, or print the request."
    ),
    "schemas": Verb(
        "receiving", "Print the JSON Schema of an event's body, or of every event's, by its name."
    ),
    "settings": Verb("settings_page", "Show every setting: its value, where it comes from, and what it is."),
    "migrate": Verb("run", "Bring the database to the current schema."),
    "backup": Verb("backup", "Write the whole database to a file, while everything runs."),
    "restore": Verb("backup", "Replace the database by a backup; nothing may be running."),
    "ingest": Verb("run", "Poll feeds (and sweep) until stopped."),
    "worker": Verb("run", "Process fetches and deliver messages until stopped."),
    "api": Verb("run", "Serve health, the schema and the first of the HTTP API until stopped."),
    "demo-office": Verb("run", "Run the demo's press office.", hidden=True),
    "demo-receiver": Verb(
        "run", "Run the demo's receiver, which verifies and prints every alert.", hidden=True
    ),
    "make-secrets": Verb(
        "compose", "Write the secrets that are missing; those that are there stay as they are.", hidden=True
    ),
    "demo-setup": Verb(
        "compose",
        "Subscribe the receiver, watch the press office, and open the network in which both are.",
        hidden=True,
    ),
}
