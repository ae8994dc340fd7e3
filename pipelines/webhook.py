"""One JSON document sent to one address, with a few attempts. Nothing else of the product speaks to the network."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from tower.errors import TowerError

ATTEMPTS = 3
TIMEOUT_SECONDS = 10.0
# Waited before the second and third attempt; a receiver that restarts is back by then.
WAITS = (1.0, 4.0)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that sends elsewhere is refused: the secret and the figures are for nobody else."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing; the answer 3xx then counts as a refusal."""
        return


class WebhookError(TowerError):
    """The receiver could not be reached or refused."""


_OPENER = urllib.request.build_opener(_NoRedirect)


def post_json(url: str, body: Mapping[str, Any], *, secret: str | None = None, waits: tuple[float, ...] = WAITS) -> int:
    """Send the body as JSON; gives the status that the receiver answered.

    Tried again where the receiver cannot be reached or answers with 429 or 5xx, not where it refuses or sends
    elsewhere. `secret` goes into the header Authorization as a bearer token. Raises WebhookError; the address is named
    without what may be secret in it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WebhookError("A webhook is an address that begins with http:// or https://.")
    where = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    headers = {"Content-Type": "application/json", "User-Agent": "control-tower"}
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    request = urllib.request.Request(url, orjson.dumps(body), headers, method="POST")  # noqa: S310
    last = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(waits[min(attempt - 1, len(waits) - 1)])
        try:
            with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            last = f"it answered {error.code}"
            if error.code != 429 and error.code < 500:
                raise WebhookError(
                    f"The webhook at {where} refused the digest: {last}. Check its address and TOWER_WEBHOOK_SECRET. "
                    "Nothing was noted as sent."
                ) from None
        except (urllib.error.URLError, TimeoutError, OSError) as error:
            last = str(getattr(error, "reason", error))
    raise WebhookError(
        f"The webhook at {where} could not be told after {ATTEMPTS} attempts: {last}. Nothing was noted as sent; the "
        "next digest tells the same alerts."
    )
