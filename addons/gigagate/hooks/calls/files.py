"""The files of a call: those its request names, uploaded before it goes, and those GigaChat made.

The network is asked in threads; a call whose files are all known waits for nothing.
"""

import asyncio
import base64
import logging
import time

from gigagate.core import file_types
from gigagate.errors import GigaGateError, RequestTimeout, UpstreamError, UpstreamTimeout
from gigagate.files.client import FileClient
from gigagate.hooks.calls import outages
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.threads import in_thread

logger = logging.getLogger(__name__)

PATIENCE = 120.0
"""Seconds for all files of a call."""


def attach_known(call: UpstreamCall) -> None:
    """The files that are uploaded already, without waiting."""
    files = call.request.files
    if files and (ids := call.account.uploads.known(files, call.client)) is not None:
        call.attach(ids)


async def fetch(call: UpstreamCall) -> None:
    """The files that are elsewhere; it needs no slot of GigaChat's.  Raises GigaGateError."""
    account, files, client = call.account, call.request.files, call.client
    try:
        async with asyncio.timeout(PATIENCE), account.fetches:
            work = in_thread(lambda: account.uploads.fetch(files, client), "file fetch")
            call.fetched = await work
    except TimeoutError:
        raise RequestTimeout(
            f"The files that the request names were not fetched within {PATIENCE:g} s."
        ) from None


async def attach(call: UpstreamCall) -> None:
    """Uploads what is missing; a failed upload is repeated as a failed attempt is.

    Raises GigaGateError.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            while not call.has_files:
                await _upload(call)
    except TimeoutError:
        raise UpstreamTimeout(
            f"The files of the request were not uploaded within {PATIENCE:g} s."
        ) from None


async def _upload(call: UpstreamCall) -> None:
    uploads, files, client = call.account.uploads, call.request.files, call.client
    fetched, outage = call.fetched or {}, call.account.outage
    outages.goes_out(outage)
    began = time.monotonic()
    try:
        call.attach(await in_thread(lambda: uploads.ids(files, client, fetched), "file upload"))
        outage.answered()
    except UpstreamError as error:
        pause = outages.pause(call, outage, error, began)
        if pause is None:
            raise
        logger.warning("The upload again in %.1f s: %s", pause, error.message)
        await asyncio.sleep(pause)


def forgotten(call: UpstreamCall, status: int, body: bytes) -> bool:
    """Whether GigaChat says that it does not know a file; then all are uploaded anew, once.

    How it says so is not documented: it names the file, or speaks of one.
    """
    ids = [one for one in (call.file_ids or {}).values() if isinstance(one, str)]
    if not ids or call.files_renewed or status not in (400, 404, 422):
        return False
    if b"file" not in body.lower() and not any(i.encode() in body for i in ids):
        return False
    call.files_renewed = True
    call.file_ids = None
    call.account.uploads.forget(call.request.files, call.client)
    return True


async def fetch_pictures(call: UpstreamCall) -> None:
    """The pictures that GigaChat made; one that cannot be had becomes a link."""
    files, client = call.account.client, call.client
    ids = sorted(call.exchange.missing_pictures)
    work = in_thread(lambda: {i: _data_url(files, i, client) for i in ids}, "file fetch")
    data_urls: dict[str, str | None] = dict.fromkeys(ids)
    try:
        async with asyncio.timeout(PATIENCE):
            data_urls = await work
    except TimeoutError:
        logger.warning("A picture made by GigaChat was not fetched in time")
    finally:
        call.exchange.give_pictures(data_urls)


def _data_url(files: FileClient, file_id: str, client: str) -> str | None:
    try:
        content = files.content(file_id, client)
    except GigaGateError as error:
        logger.warning("A picture made by GigaChat cannot be fetched: %s", error.message)
        return None
    media_type = file_types.image_type(content)
    if not media_type.startswith("image/"):
        return None
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
