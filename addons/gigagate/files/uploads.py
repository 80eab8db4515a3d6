"""Each content is uploaded once: agents resend every picture with every step.

The ids of what has been uploaded are remembered by content and client, in memory; so is what could
not be made into a file that GigaChat takes.  GigaChat may
forget a file earlier than we do; whoever learns of that calls `forget` and asks again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from types import MappingProxyType

from gigagate.core import file_types
from gigagate.core.attachment import Attachment, LeftOut, RemoteFile, WantedFile
from gigagate.errors import InvalidRequest
from gigagate.files import convert
from gigagate.files.client import FileClient
from gigagate.files.fetch import FileFetcher

REMEMBERED = 10_000

_Place = tuple[str, str]
"""Client, key of the file."""


class Uploads:
    """Blocks; may be called from several threads at once."""

    def __init__(
        self, client: FileClient, fetcher: FileFetcher, max_image_bytes: Callable[[], int]
    ) -> None:
        self._client = client
        self._fetcher = fetcher
        self._max_image_bytes = max_image_bytes
        self._ids: OrderedDict[_Place, Future[str | LeftOut]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._ids)

    def known(self, files: Sequence[WantedFile], client: str) -> dict[str, str | LeftOut] | None:
        """The ids, if none has to be waited for.  Does not block."""
        ids: dict[str, str | LeftOut] = {}
        with self._lock:
            for file in files:
                future = self._ids.get((client, file.key))
                if future is None or not future.done() or future.exception() is not None:
                    return None
                self._ids.move_to_end((client, file.key))
                ids[file.key] = future.result()
        return ids

    def fetch(self, files: Iterable[WantedFile], client: str) -> dict[str, Attachment]:
        """What is elsewhere and not uploaded yet, by its key.  Raises ClientError."""
        return {
            file.key: self._fetched(file)
            for file in files
            if isinstance(file, RemoteFile) and self.known([file], client) is None
        }

    def ids(
        self,
        files: Iterable[WantedFile],
        client: str,
        fetched: Mapping[str, Attachment] = MappingProxyType({}),
    ) -> dict[str, str | LeftOut]:
        """Uploads what has not been.  Raises GigaGateError."""
        return {file.key: self._id(fetched.get(file.key, file), file, client) for file in files}

    def forget(self, files: Iterable[WantedFile], client: str) -> None:
        with self._lock:
            for file in files:
                self._ids.pop((client, file.key), None)

    def _id(self, content: WantedFile, file: WantedFile, client: str) -> str | LeftOut:
        """Whoever comes while the same content is on its way waits for it."""
        place = (client, file.key)
        with self._lock:
            future = self._ids.get(place)
            mine = future is None
            if future is None:
                future = self._ids[place] = Future()
            self._ids.move_to_end(place)
            if len(self._ids) > REMEMBERED:
                self._ids.popitem(last=False)
        if mine:
            try:
                future.set_result(self._uploaded(self._here(content), client))
            except BaseException as error:
                self.forget([file], client)
                future.set_exception(error)
        return future.result()

    def _uploaded(self, file: Attachment, client: str) -> str | LeftOut:
        taken = convert.taken(file, self._max_image_bytes())
        return taken if isinstance(taken, LeftOut) else self._client.upload(taken, client)

    def _here(self, file: WantedFile) -> Attachment:
        return file if isinstance(file, Attachment) else self._fetched(file)

    def _fetched(self, file: RemoteFile) -> Attachment:
        image = file.kind == "image"
        max_image_bytes = self._max_image_bytes()
        limit = max_image_bytes if image else max(file_types.LIMITS.values())
        content, declared = self._fetcher.fetch(file.url, limit)
        filename = file.url.partition("?")[0].rpartition("/")[2]
        found = Attachment.of(
            content,
            declared=declared,
            filename=filename,
            max_image_bytes=max_image_bytes,
            picture=image,
        )
        if image and found.kind != "image":
            raise InvalidRequest("What an image_url leads to is no picture.")
        return found
