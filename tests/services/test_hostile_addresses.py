"""No address of ours is reached, however it is spelled, named or redirected to: listeners count connections."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest

from shared.domain.web.address import Network
from shared.domain.web.answer import Answer, Answered, Unanswered
from shared.http import FetchRequest, GuardedClient, PostRequest, fetch, open_client, post
from tests.services.misbehaving.redirects import to
from tests.services.misbehaving.refusals import SORRY
from tests.services.misbehaving.serving import answer
from tests.services.test_misbehaving_web import NO_TLS

HOOK = (("Content-Type", "application/json"),)
LookUp = Callable[[str], tuple[str, ...]]

# {port} is one that listens on every address of this machine.
LITERALS = (
    # This machine, in every spelling that some resolver takes.
    "http://127.0.0.1:{port}/", "http://127.0.0.2:{port}/", "http://127.255.255.254:{port}/",
    "http://127.1:{port}/", "http://127.0.1:{port}/", "http://2130706433:{port}/", "http://017700000001:{port}/",
    "http://0x7f000001:{port}/", "http://0X7F.0.0.1:{port}/", "http://0177.0.0.1:{port}/",
    "http://0177.0.0.01:{port}/", "http://0x7f.1:{port}/", "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://00000177.0.0.1:{port}/", "http://127.0.0.1.:{port}/", "http://2130706433.:{port}/",
    "http://0.0.0.0:{port}/", "http://0:{port}/", "http://0x0:{port}/", "http://00.0.0.0:{port}/",
    "http://[::1]:{port}/", "http://[0:0:0:0:0:0:0:1]:{port}/", "http://[::]:{port}/",
    "http://[0000::0001]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[::7f00:1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/", "http://[64:ff9b:1::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/", "http://[::ffff:0:127.0.0.1]:{port}/", "http://[::1%25lo]:{port}/",
    "http://[fe80::1%25lo]:{port}/", "http://[fec0::1]:{port}/", "http://[fc00::1]:{port}/",
    "http://[fd00:ec2::254]:{port}/", "http://[ff02::1]:{port}/", "http://[2001:db8::1]:{port}/",
    # Its name.
    "http://localhost:{port}/", "http://LOCALHOST:{port}/", "http://localhost.:{port}/",
    "http://feed.localhost:{port}/", "http://feed.localhost.:{port}/", "http://%6c%6f%63alhost:{port}/",
    # Digits and dots that Unicode folds onto ours.
    "http://127。0。0。1:{port}/", "http://127．0．0．1:{port}/", "http://①②⑦.⓪.⓪.①:{port}/",
    "http://１２７.0.0.1:{port}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/", "http://127%2e0%2e0%2e1:{port}/",
    "http://127.0.0.1%00.presse.example:{port}/",
    # Who is the host? Parsers disagree.
    "http://presse.example@127.0.0.1:{port}/", "http://presse.example:80@127.0.0.1:{port}/",
    "http://presse.example%40127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@presse.example/",
    "http://presse.example\\@127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}/", "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://#@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@presse.example/", "http://127.0.0.1:{port}?@presse.example/",
    "http://user:pass@127.0.0.1:{port}/", "http://@127.0.0.1:{port}/", "http:// 127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\r\nHost: presse.example/", "http://127.0.0.1\t:{port}/", "http://[127.0.0.1]:{port}/",
    "HTTP://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "hTtP://[::1]:{port}/",
    # Other schemes.
    "file:///etc/passwd", "file://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_GET",
    "dict://127.0.0.1:{port}/info", "ws://127.0.0.1:{port}/", "unix:///var/run/docker.sock",
    "jar:http://127.0.0.1:{port}!/", "data:text/xml,<rss/>", "javascript:alert(1)", "feed://127.0.0.1:{port}/",
    # Others' networks and the clouds' metadata.
    "http://169.254.169.254/latest/meta-data/", "http://2852039166/latest/meta-data/", "http://0xA9FEA9FE/",
    "http://169.254.43518/", "http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::a9fe:a9fe]/",
    "http://100.100.100.200/latest/", "http://192.0.0.192/latest/", "http://168.63.129.16.localhost/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.0.1/", "http://100.64.0.1/",
    "http://198.18.0.1/", "http://192.0.2.1/", "http://224.0.0.1/", "http://239.255.255.250:1900/",
    "http://255.255.255.255/", "http://240.0.0.1/", "http://0.1.2.3/",
)  # fmt: skip

# Names, and the addresses that a hostile name server gives for them.
NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("localtest.example", ("127.0.0.1",)),
    ("127.0.0.1.nip.example", ("127.0.0.1",)),
    ("six.example", ("::1",)),
    ("mapped.example", ("::ffff:127.0.0.1",)),
    ("compatible.example", ("::127.0.0.1",)),
    ("nat64.example", ("64:ff9b::7f00:1",)),
    ("zero.example", ("0.0.0.0",)),
    ("zone.example", ("fe80::1%lo",)),
    ("metadata.example", ("169.254.169.254",)),
    ("office.example", ("10.1.2.3",)),
    ("public-then-ours.example", ("1.1.1.1", "127.0.0.1")),
    ("ours-then-public.example", ("127.0.0.1", "1.1.1.1")),
    ("public-then-six.example", ("2606:4700::1111", "::1")),
    ("many.example", (*(f"1.1.1.{n}" for n in range(1, 9)), "192.168.1.1")),
)


@dataclass(slots=True)
class Listener:
    """Listens on every address of this machine, and counts who connects."""

    port: int = 0
    connections: int = 0
    asked_for: list[str] = field(default_factory=list)

    async def talk(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(answer(200, SORRY))
        writer.close()

    def look_up(self, **names: tuple[str, ...]) -> LookUp:
        """Make a name server that remembers what it was asked for."""

        def look_up(name: str) -> tuple[str, ...]:
            self.asked_for.append(name)
            if name not in names:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return names[name]

        return look_up


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as door:
        listener.port = door.getsockname()[1]
        async with await asyncio.start_server(listener.talk, sock=door):
            yield listener


@asynccontextmanager
async def guarded(
    allowed: tuple[Network, ...] = (), look_up: LookUp | None = None
) -> AsyncIterator[GuardedClient]:
    async with open_client(allowed, tls=NO_TLS, look_up=look_up or Listener().look_up()) as client:
        yield client


async def get(client: GuardedClient, url: str) -> Answer:
    return await fetch(client, FetchRequest(url, timeout_seconds=5.0))


def never_left(answer: Answer) -> bool:
    """Tell whether nothing was sent: the address is forbidden, or it names nothing."""
    return isinstance(answer, Unanswered) and answer.kind in {"guarded", "dns", "redirects"}


def test_the_listener_would_count_a_connection() -> None:
    async def scenario() -> None:
        async with listening() as listener:
            for host in ("127.0.0.1", "127.0.0.2", "::1"):
                _, writer = await asyncio.open_connection(host, listener.port)
                writer.close()
            await asyncio.sleep(0.05)
            assert listener.connections == 3

    asyncio.run(scenario())


@pytest.mark.parametrize("spelling", LITERALS)
def test_no_spelling_of_a_forbidden_address_is_reached(spelling: str) -> None:
    async def scenario() -> None:
        async with listening() as listener, guarded() as client:
            url = spelling.replace("{port}", str(listener.port))
            assert never_left(await get(client, url))
            assert never_left(await post(client, PostRequest(url, HOOK, b"{}", timeout=5.0)))
            assert listener.connections == 0

    asyncio.run(scenario())


def test_no_redirect_to_a_forbidden_address_is_followed() -> None:
    """From a server of the operator's own, which is allowed, to every address that is not."""

    async def scenario() -> None:
        # One server for all: 127.0.0.9 is allowed, everything else of this machine is not.
        targets = {f"/{n}": target for n, target in enumerate(LITERALS)}

        async def redirecting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
            target = targets[path].replace("{port}", str(listener.port))
            writer.write(answer(302, b"", *to_lines(target)))
            writer.close()

        async with (
            listening() as listener,
            await asyncio.start_server(redirecting, "127.0.0.9", 0) as server,
            guarded((ip_network("127.0.0.9/32"),)) as client,
        ):
            base = f"http://127.0.0.9:{server.sockets[0].getsockname()[1]}"
            for path, target in targets.items():
                came = await get(client, base + path)
                # What has no scheme of its own, or is broken by a line's end, leads back to the allowed server.
                home = isinstance(came, Answered) and came.url.startswith(base)
                assert never_left(came) or home or is_garbled(came), (target, came)
            assert listener.connections == 0

    asyncio.run(scenario())


def to_lines(target: str) -> list[str]:
    return [line for line in to(target).decode().split("\r\n") if line.startswith("Location")]


def is_garbled(came: Answer) -> bool:
    return isinstance(came, Unanswered) and came.kind == "refused"


@pytest.mark.parametrize(("name", "addresses"), NAMES, ids=[name for name, _ in NAMES])
def test_no_name_leads_to_a_forbidden_address(name: str, addresses: tuple[str, ...]) -> None:
    async def scenario() -> None:
        async with listening() as listener:
            async with guarded(look_up=listener.look_up(**{name: addresses})) as client:
                url = f"http://{name}:{listener.port}/"
                for came in (await get(client, url), await post(client, PostRequest(url, HOOK, b"{}"))):
                    assert isinstance(came, Unanswered)
                    assert (came.kind, f"and {name} leads there" in came.detail) == ("guarded", True)
            assert (listener.connections, listener.asked_for[0]) == (0, name)

    asyncio.run(scenario())


def test_an_answer_that_changes_after_the_check_is_never_asked_for() -> None:
    """The connection goes to the very address that was checked: the name is not looked up a second time."""
    answers = [("127.0.0.9",), ("127.0.0.1",), ("127.0.0.1",)]

    def rebinding(name: str) -> tuple[str, ...]:
        return answers.pop(0)

    async def scenario() -> None:
        async with listening() as listener, guarded((ip_network("127.0.0.9/32"),), rebinding) as client:
            first = await get(client, f"http://rebind.example:{listener.port}/")
            assert (isinstance(first, Answered) and first.address, len(answers)) == ("127.0.0.9", 2)
            assert listener.connections == 1

    asyncio.run(scenario())


def test_an_answer_that_changes_between_two_requests_is_checked_again() -> None:
    answers = [("127.0.0.9",), ("127.0.0.1",)]

    async def scenario() -> None:
        async with listening() as listener:
            for allowed in (True, False):
                async with guarded((ip_network("127.0.0.9/32"),), lambda _: answers.pop(0)) as client:
                    came = await get(client, f"http://rebind.example:{listener.port}/")
                    assert isinstance(came, Answered if allowed else Unanswered)
            assert listener.connections == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("network", "reached", "forbidden"),
    [
        (
            "127.0.0.1/32",
            ("127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"),
            ("127.0.0.2", "[::1]", "0"),
        ),
        ("127.0.0.0/30", ("127.0.0.1", "127.0.0.3"), ("127.0.0.4", "[::1]", "169.254.169.254")),
        ("::1/128", ("[::1]", "[0:0::1]"), ("127.0.0.1", "[::ffff:127.0.0.1]", "[::]")),
        ("10.0.0.0/8", (), ("127.0.0.1", "[::1]", "172.16.0.1")),
    ],
)
def test_an_allowed_network_opens_exactly_what_it_says(
    network: str, reached: tuple[str, ...], forbidden: tuple[str, ...]
) -> None:
    async def scenario() -> None:
        async with listening() as listener, guarded((ip_network(network),)) as client:
            for number, host in enumerate(reached, 1):
                assert isinstance(await get(client, f"http://{host}:{listener.port}/"), Answered)
                assert listener.connections == number
            for host in forbidden:
                assert never_left(await get(client, f"http://{host}:{listener.port}/"))
            assert listener.connections == len(reached)

    asyncio.run(scenario())


def test_of_a_name_in_an_allowed_network_no_other_address_is_tried() -> None:
    async def scenario() -> None:
        async with listening() as listener:
            names = {"bridge.example": ("10.0.0.7", "127.0.0.9", "::1")}
            async with guarded((ip_network("127.0.0.9/32"),), listener.look_up(**names)) as client:
                came = await get(client, f"http://bridge.example:{listener.port}/")
        assert (isinstance(came, Answered) and came.address, listener.connections) == ("127.0.0.9", 1)

    asyncio.run(scenario())
