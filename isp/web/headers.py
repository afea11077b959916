"""Response headers: what a browser may do with our pages, and what it may keep of them."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from isp.web.files import FILE_POLICY

YEAR = 365 * 24 * 60 * 60

# Nothing of a page may come from elsewhere, be framed, or send a form elsewhere. Scripts are ours by
# address ('self') or carry this response's nonce; there is no inline style at all.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-src 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that, browsers send "Origin: null" with our own forms, and the check
    # that a form comes from our own page would have to let "null" pass.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"
    ),
}


def csp_nonce() -> str:
    """This response's nonce: the same for every script of one page, new for each request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def init_headers(app: Flask, *, https: bool) -> None:
    """Send the security headers with every response of ``app``; HSTS only where it is served over https."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        # Of a file, the stricter one that it came with.
        if response.headers.get("Content-Security-Policy") != FILE_POLICY:
            response.headers["Content-Security-Policy"] = _POLICY.format(nonce=csp_nonce())
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={2 * YEAR}; includeSubDomains"
        if request.endpoint != "static":
            # Also for signed-out pages: a shared computer's back button must not show what was typed.
            response.headers["Cache-Control"] = "no-store"
        response.headers.pop("X-Powered-By", None)
        return response
