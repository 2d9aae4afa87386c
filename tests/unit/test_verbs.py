"""The list of verbs says what each verb says of itself, and a command imports only what it needs."""

import subprocess
import sys
from collections.abc import Sequence

import pytest
from typer.main import get_command

from services.cli.main import make_app
from services.cli.verbs import VERBS

BIG = ("alembic", "celery", "feedparser", "fastapi", "httpx", "lxml", "sqlalchemy", "trafilatura")


def commands(first: str) -> dict[str, tuple[str, bool]]:
    """Give what each command of an app says of itself, and whether it is hidden."""
    group = get_command(make_app(first))
    return {name: (one.help or "", one.hidden) for name, one in group.commands.items()}  # type: ignore[attr-defined]


def imported(*arguments: str) -> set[str]:
    """Give which of the big libraries a command line imports, run to its help in a process of its own."""
    code = (
        "import sys\nfrom services.cli.main import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join(one for one in {BIG!r} if one in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_says_of_itself_what_the_list_says(name: str) -> None:
    said, hidden = commands(name)[name]
    assert (said.split("\n")[0], hidden) == (VERBS[name].help, VERBS[name].hidden)


def test_every_command_of_a_module_is_in_the_list() -> None:
    defined = {name for verb in VERBS for name in commands(verb)}
    assert defined == VERBS.keys() == commands("--help").keys()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["--help"], set()),
        (["feed", "list", "--help"], {"lxml", "sqlalchemy"}),
        (["status", "--help"], {"sqlalchemy"}),
        (["sql", "--help"], {"sqlalchemy"}),
    ],
    ids=" ".join,
)
def test_a_command_imports_no_more_than_it_needs(arguments: Sequence[str], needed: set[str]) -> None:
    assert imported(*arguments) <= needed
