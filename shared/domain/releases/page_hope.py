"""Whether a page that did not come may still: soon, later, or not at all."""

from typing import Literal

from shared.domain.web.answer import Answer, Answered

# Forbidden, gone, or withheld by law: it will not be another answer today.
_FINAL = frozenset({401, 402, 403, 405, 406, 410, 451})
# Some offices announce a release minutes before its page stands.
_NOT_YET = frozenset({404})

Hope = Literal["none", "soon", "later"]


def hope_after(answer: Answer) -> Hope:
    """Judge what was answered for a page: "soon" is worth some seconds' wait, "later" is not worth holding back for."""
    if not isinstance(answer, Answered):
        return "none" if answer.kind in {"guarded", "redirects", "too_big"} else "soon"
    if answer.status < 400 or answer.status in _FINAL:
        return "none"
    return "later" if answer.status in _NOT_YET else "soon"
