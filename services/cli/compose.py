"""The one-shot commands of the compose stack: its secrets, and the demo between its containers."""

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from services.cli.secret_files import write_demo_settings, write_secrets
from services.cli.stack import open_stack
from shared.domain.alerts.signing import new_secret

Folder = Annotated[Path, typer.Argument(help="Folder to write to.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command(name="make-secrets", hidden=True)(make_secrets)
    app.command(name="demo-setup", hidden=True)(demo_setup)


def make_secrets(
    secrets: Folder,
    demo: Annotated[Path, typer.Option(help="Folder of the demo's settings, which are closed here.")],
    given: Annotated[Path | None, typer.Option(help="Folder with secrets of your own, by file name.")] = None,
) -> None:
    """Write the secrets that are missing; those that are there stay as they are."""
    made = write_secrets(secrets, given)
    write_demo_settings(demo, allowed_networks="", poll_min_seconds="60")
    typer.echo(f"made {', '.join(made)}" if made else "every secret is there")


def demo_setup(
    demo: Annotated[Path, typer.Option(help="Folder of the demo's settings.")],
    office: Annotated[str, typer.Option(help="The press office, host:port.")],
    receiver: Annotated[str, typer.Option(help="The receiver, host:port.")],
) -> None:
    """Subscribe the receiver, watch the press office, and open the network in which both are."""
    from services.cli.demo import subscribe_receiver, watch_office  # noqa: PLC0415 - lazily, as in `run`
    from services.demo.programme import demo_feed_urls  # noqa: PLC0415 - lazily, as in `run`

    secret = _webhook_secret(demo / "webhook_secret")
    with open_stack() as stack, stack.database.begin() as transaction:
        subscribe_receiver(transaction, f"http://{receiver}/alerts", secret)
        watch_office(transaction, demo_feed_urls(f"http://{office}"))
    network = network_of(office.partition(":")[0])
    write_demo_settings(demo, allowed_networks=network, poll_min_seconds="1")
    typer.echo(f"the receiver hears of the press office's releases; {network} may be reached")


def network_of(host: str) -> str:
    """Give the directly attached network in which a host lies, as a CIDR; its address alone where none is."""
    address = socket.inet_aton(socket.gethostbyname(host))
    for line in Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]:
        _, destination, gateway, _, _, _, _, mask, *_ = line.split()
        # The kernel writes addresses as little-endian hexadecimal numbers.
        number, bits = (bytes.fromhex(field)[::-1] for field in (destination, mask))
        inside = bytes(a & b for a, b in zip(address, bits, strict=True)) == number
        if inside and any(bits) and not int(gateway, 16):
            return f"{socket.inet_ntoa(number)}/{int.from_bytes(bits).bit_count()}"
    return f"{socket.inet_ntoa(address)}/32"


def _webhook_secret(path: Path) -> str:
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    secret = new_secret(os.urandom(24))
    path.write_text(secret + "\n", encoding="ascii")
    return secret
