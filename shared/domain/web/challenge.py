"""Recognises the page that a bot wall serves in place of the one that was asked for."""

import re

# A whole text that only mentions these is an article about them.
LONGEST_CHALLENGE = 1500
_READ_CHARACTERS = 300_000
# Each stands on the challenge alone: what the same makers put on every page (jsd, SWJIYLWA) is left out.
_MARKS = {
    "Cloudflare": r"_cf_chl_opt|id=\"cf-(?:wrapper|error-details)\"|cf-turnstile-response",
    "Akamai": r"errors\.edgesuite\.net|sec-if-cpt-container|/_sec/cp_challenge/|bm-verify=",
    "DataDome": r"captcha-delivery\.com|var dd=\{",
    "Imperva": r"incapsula incident id|/_incapsula_resource\?[^\"']*(?:incident_id|cwudnsai)",
    "PerimeterX": r"px-captcha|_pxblockedurl|access to this page has been denied",
    "AWS WAF": r"awswafcookiedomainlist|window\.gokuprops|awswaf\.com/[^\"']*challenge\.js",
    "Sucuri": r"sucuri_cloudproxy_js|sucuri website firewall - access denied",
    "Anubis": r"id=\"anubis_challenge\"|/\.within\.website/x/cmd/anubis/",
    "DDoS-Guard": r"/\.well-known/ddos-guard/",
}
_MAKERS = tuple((maker, re.compile(marks, re.IGNORECASE)) for maker, marks in _MARKS.items())
_TITLE = re.compile(
    r"(?:just a moment|attention required! \| cloudflare|access denied|human verification|robot check"
    r"|bot verification|are you a robot\?|verify(?:ing)? (?:that )?you are (?:a )?human|security check"
    r"|checking your browser.*|ddos-guard|pardon our interruption|one moment, please|please wait|un instant"
    r"|un momento|einen moment(?: bitte)?|client challenge|making sure you['’]re not a bot!"
    r"|you are being redirected)[\s.…]*",
    re.IGNORECASE,
)


def recognise_challenge(html: str, title: str, text: str) -> str | None:
    """Say which bot wall a page is from, or None for a page of its own.

    `text` is the readable text of the page: a challenge has little, whatever its mark-up.
    """
    if len(text) > LONGEST_CHALLENGE:
        return None
    head = html[:_READ_CHARACTERS]
    maker = next((name for name, mark in _MAKERS if mark.search(head)), None)
    if maker:
        return f"a challenge page of {maker}"
    if _TITLE.fullmatch(title.strip()):
        return f"a challenge page (“{title.strip()[:60]}”)"
    return None
