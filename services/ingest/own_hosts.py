"""Which hosts are the operator's own: literal addresses inside the allowed networks."""

from collections.abc import Sequence

from shared.domain.web.address import Network, lies_in, literal_address
from shared.store.database import Database
from shared.store.feeds import list_hosts, mark_own_hosts


def learn_own_hosts(database: Database, allowed_networks: Sequence[Network]) -> None:
    """Say so in SQL before the first claim; hosts with a name are learnt from their first answer."""
    with database.begin() as transaction:
        literal = {host: literal_address(host) for host in list_hosts(transaction)}
        own = [h for h, a in literal.items() if a and lies_in(a, allowed_networks)]
        mark_own_hosts(transaction, own, among=[host for host, address in literal.items() if address])
