"""What an exception of the HTTP client means, in words.

httpx-aiohttp turns a refused name, a refused connection and a disconnection alike into time-outs; what really
happened stands in the chain of causes.
"""

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import aiohttp
import httpcore
import httpx

from shared.domain.web.answer import UnansweredKind
from shared.http.guard import GuardedError

# OpenSSL's X509_V_ERR numbers.
_CERTIFICATE = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is signed by itself",
    19: "an unknown issuer signed the certificate",
    20: "unknown issuer: the chain of certificates is incomplete or its authority is not trusted",
    21: "unknown issuer: the chain of certificates is incomplete or its authority is not trusted",
    23: "the certificate was revoked",
    62: "the certificate is for another name",
    64: "the certificate is for another address",
}
_TLS = {
    "WRONG_VERSION_NUMBER": "the port does not speak TLS",
    "HTTP_REQUEST": "the port does not speak TLS",
    "RECORD_LAYER_FAILURE": "the port does not speak TLS",
    "UNSUPPORTED_PROTOCOL": "the server speaks only an outdated TLS",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the server speaks another TLS version",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "the server refused the TLS handshake",
    "DH_KEY_TOO_SMALL": "the server's key is too small",
}
# A lack of sockets, memory or a route is this machine's.
_OURS = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOBUFS,
        errno.EADDRNOTAVAIL,
        errno.ENETUNREACH,
        errno.ENETDOWN,
    }
)
# What a proxy answers to CONNECT when the other side is out of reach, not itself.
_BEHIND_PROXY = frozenset({502, 503, 504})

CLIENT_ERRORS = (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer came; `ours` where this side's proxy, network or machine is the cause."""

    kind: UnansweredKind
    detail: str
    ours: bool = False


def explain_failure(error: BaseException) -> Failure:
    """Name the failure behind one of `CLIENT_ERRORS`: the deepest cause that says what happened wins."""
    causes = tuple(_causes(error))
    for judge in (_guarded, _certificate, _tls, _name, _proxy, _timeout, _malformed, _lost, _system):
        for cause in causes:
            if failure := judge(cause):
                return failure
    return Failure("refused", _words(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        inner = getattr(error, "os_error", None)
        if isinstance(inner, BaseException):
            yield inner
        # httpcore, which speaks HTTP/2 for us, names no cause; what happened stands in the context.
        error = error.__cause__ or (error.__context__ if isinstance(error, httpcore.ConnectError) else None)


def _guarded(error: BaseException) -> Failure | None:
    if isinstance(error, GuardedError):
        return Failure("guarded", _words(error))
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | aiohttp.InvalidURL):
        return Failure("guarded", f"not a web address: {_words(error)}")
    return None


def _certificate(error: BaseException) -> Failure | None:
    if isinstance(error, aiohttp.ClientError) or not isinstance(error, ssl.SSLCertVerificationError):
        return None
    return Failure("tls", _CERTIFICATE.get(error.verify_code, f"the certificate: {error.verify_message}"))


def _tls(error: BaseException) -> Failure | None:
    if isinstance(error, aiohttp.ServerFingerprintMismatch):
        return Failure("tls", f"the certificate is another than the one trusted: sha256:{error.got.hex()}")
    if isinstance(error, aiohttp.ClientError) or not isinstance(error, ssl.SSLError):
        return None
    reason = error.reason or str(error)
    return Failure("tls", _TLS.get(reason, f"the TLS handshake failed: {reason.replace('_', ' ').lower()}"))


def _name(error: BaseException) -> Failure | None:
    if not isinstance(error, socket.gaierror):
        return None
    return Failure("dns", f"the name does not resolve: {error.strerror or error}")


def _proxy(error: BaseException) -> Failure | None:
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return Failure("refused", f"our proxy is not reached: {error.os_error}", ours=True)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        said = f"our proxy answered {error.status} {error.message}"
        return Failure("refused", said, ours=error.status not in _BEHIND_PROXY)
    return None


def _timeout(error: BaseException) -> Failure | None:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Failure("too_slow", "no connection in time")
    if isinstance(error, TimeoutError):
        return Failure("too_slow", "no answer in time")
    return None


def _malformed(error: BaseException) -> Failure | None:
    if isinstance(error, aiohttp.ClientResponseError):
        return Failure("refused", f"the answer is not HTTP: {' '.join(error.message.split())}")
    return None


def _lost(error: BaseException) -> Failure | None:
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return Failure("refused", "the connection was closed without an answer")
    return None


def _system(error: BaseException) -> Failure | None:
    if not isinstance(error, OSError) or error.errno is None:
        return None
    said = os.strerror(error.errno).lower() if error.errno > 0 else _words(error)
    return Failure("refused", said, ours=error.errno in _OURS)


def _words(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
