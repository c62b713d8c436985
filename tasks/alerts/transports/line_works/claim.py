"""The signed claim (JWT, RS256) a service account shows; the signing itself is the library's."""

from __future__ import annotations

import base64
import json

from tasks.alerts.transports.base import Fault, TransportError

#: LINE WORKS takes claims that last up to an hour; this one is used at once.
LASTS_SECONDS = 600


def signed_claim(client_id: str, service_account: str, private_key: str, now: int) -> str:
    """Return the claim as text, valid for LASTS_SECONDS from ``now`` (seconds since 1970).

    Raises TransportError for a key that is none; its text is never shown.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    claims = {"iss": client_id, "sub": service_account, "iat": now, "exp": now + LASTS_SECONDS}
    head = ".".join(_encoded(_dumped(part)) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    try:
        key = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise TransportError(
            "LINE WORKS の秘密鍵を読み取れません。Developer Console から取り直してください。",
            Fault.UNREACHABLE,
        )
    return f"{head}.{_encoded(key.sign(head.encode(), PKCS1v15(), SHA256()))}"


def _dumped(part: object) -> bytes:
    return json.dumps(part, separators=(",", ":")).encode()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
