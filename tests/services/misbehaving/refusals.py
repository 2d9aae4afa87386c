"""Servers that answer with an error, ask to wait, or stand behind a bot wall."""

from email.utils import formatdate
from time import time

from tests.services.misbehaving.press import titled_page
from tests.services.misbehaving.serving import Fault, Request, Wire, always, answer

SORRY = titled_page("Sorry")


def wait_until(status: int, seconds: int) -> Fault:
    """Answer with a Retry-After in the form of a date."""

    async def fault(_: Request, wire: Wire) -> None:
        await wire.send(answer(status, SORRY, f"Retry-After: {formatdate(time() + seconds, usegmt=True)}"))

    return fault


def with_status(status: int, *lines: str) -> Fault:
    return always(status, SORRY, *lines)


rate_limited_by_reddit = with_status(403, "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 240")
rate_limited_until = wait_until(429, 600)
unavailable_until = wait_until(503, 600)
waits_for_the_past = wait_until(503, -600)

cloudflare_challenge = always(403, titled_page("Just a moment..."), "cf-mitigated: challenge")
cloudflare_with_200 = always(200, titled_page("Just a moment...", "<script>window._cf_chl_opt={}</script>"))
cloudflare_block = always(
    403,
    titled_page(
        "Attention Required! | Cloudflare", '<div id="cf-error-details">Sorry, you have been blocked</div>'
    ),
)
akamai = always(403, titled_page("Access Denied", "Reference https://errors.edgesuite.net/18.2f"))
datadome = always(403, b'{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=AHr"}')
imperva = always(200, titled_page("", "Request unsuccessful. Incapsula incident ID: 877-15"))
imperva_frame = always(200, b'<html><iframe id="main-iframe" src="/_Incapsula_Resource?x=1"></iframe></html>')
perimeterx = always(403, titled_page("Access to this page has been denied", '<div id="px-captcha"></div>'))
aws_waf = always(202, b"", "x-amzn-waf-action: challenge")
aws_waf_captcha = always(405, titled_page("Human Verification"), "x-amzn-waf-action: captcha")
sucuri = always(403, titled_page("Sucuri WebSite Firewall - Access Denied"))
vercel = always(403, titled_page("Vercel Security Checkpoint"), "x-vercel-mitigated: challenge")
anubis = always(
    200, titled_page("Making sure you&#39;re not a bot!", '<script id="anubis_challenge">{}</script>')
)
ddos_guard = always(403, titled_page("DDoS-Guard"))
