import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support import pictures_of
from tests.support.samples import PDF, PNG, png

from gigagate.core.attachment import Attachment, LeftOut, RemoteFile
from gigagate.errors import InvalidRequest, RequestTooLarge, UpstreamUnavailable
from gigagate.files import uploads as module
from gigagate.files.uploads import Uploads

URL = "https://example.com/a.png?size=1"


class Client:
    """Stands for GigaChat."""

    def __init__(self) -> None:
        self.uploaded: list[tuple[str, Attachment]] = []
        self.failures = 0
        self.hold = threading.Event()
        self.hold.set()

    def upload(self, file: Attachment, client: str) -> str:
        self.uploaded.append((client, file))
        number = len(self.uploaded)
        self.hold.wait(10)
        if self.failures:
            self.failures -= 1
            raise UpstreamUnavailable("no")
        return f"id-{number}"


class Fetcher:
    def __init__(self, content: bytes = PNG) -> None:
        self.content = content
        self.asked: list[tuple[str, int]] = []

    def fetch(self, url: str, max_bytes: int) -> tuple[bytes, str]:
        self.asked.append((url, max_bytes))
        return self.content, "image/png"


def uploads(client: Client, fetcher: Fetcher | None = None) -> Uploads:
    return Uploads(client, fetcher or Fetcher(), lambda: 1000)  # type: ignore[arg-type]


def picture(number: int = 0) -> Attachment:
    return Attachment.of(png(number), max_image_bytes=1000)


def test_a_content_is_uploaded_once_for_each_client() -> None:
    client = Client()
    all_uploads = uploads(client)
    assert all_uploads.known([picture()], "alice") is None
    for _ in range(3):
        assert all_uploads.ids([picture()], "alice") == {picture().key: "id-1"}
    assert all_uploads.known([picture()], "alice") == {picture().key: "id-1"}
    assert all_uploads.known([picture(), picture(1)], "alice") is None
    assert all_uploads.ids([picture()], "bob") == {picture().key: "id-2"}
    assert [name for name, _ in client.uploaded] == ["alice", "bob"]


def test_whoever_comes_during_an_upload_waits_for_it() -> None:
    client = Client()
    all_uploads = uploads(client)
    client.hold.clear()
    with ThreadPoolExecutor(10) as threads:
        waiting = [threads.submit(all_uploads.ids, [picture()], "") for _ in range(10)]
        assert all_uploads.known([picture()], "") is None
        client.hold.set()
    assert {future.result()[picture().key] for future in waiting} == {"id-1"}
    assert len(client.uploaded) == 1


def test_a_failure_is_told_and_the_next_one_tries_again() -> None:
    client = Client()
    client.failures = 1
    all_uploads = uploads(client)
    with pytest.raises(UpstreamUnavailable):
        all_uploads.ids([picture()], "")
    assert all_uploads.known([picture()], "") is None
    assert all_uploads.ids([picture()], "") == {picture().key: "id-2"}


def test_what_is_forgotten_is_uploaded_anew() -> None:
    all_uploads = uploads(Client())
    all_uploads.ids([picture()], "")
    all_uploads.forget([picture()], "")
    assert all_uploads.ids([picture()], "") == {picture().key: "id-2"}


def test_memory_is_bounded_and_the_longest_unused_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    all_uploads = uploads(Client())
    all_uploads.ids([picture(1), picture(2)], "")
    assert all_uploads.known([picture(1)], "")
    all_uploads.ids([picture(3)], "")
    assert all_uploads.known([picture(1), picture(3)], "")
    assert all_uploads.known([picture(2)], "") is None


def test_a_remote_file_is_fetched_once() -> None:
    client, fetcher = Client(), Fetcher()
    all_uploads = uploads(client, fetcher)
    for _ in range(2):
        all_uploads.ids([RemoteFile(URL, "image")], "")
    assert fetcher.asked == [(URL, 1000)]
    ((_, file),) = client.uploaded
    assert (file.filename, file.content) == ("a.png", PNG)


def test_a_remote_file_must_be_what_the_request_takes_it_for() -> None:
    with pytest.raises(InvalidRequest, match="no picture"):
        uploads(Client(), Fetcher(PDF)).ids([RemoteFile(URL, "image")], "")
    assert uploads(Client(), Fetcher(PDF)).ids([RemoteFile(URL, "document")], "")
    with pytest.raises(RequestTooLarge):
        uploads(Client(), Fetcher(PNG + b"x" * 1000)).ids([RemoteFile(URL, "document")], "")


def test_a_changed_limit_counts_for_the_next_fetch() -> None:
    limits, fetcher = [1000], Fetcher()
    of_client = Uploads(Client(), fetcher, lambda: limits[-1])  # type: ignore[arg-type]
    of_client.ids([RemoteFile(URL, "image")], "")
    limits.append(2000)
    of_client.ids([RemoteFile(f"{URL}&again", "image")], "")
    assert [limit for _, limit in fetcher.asked] == [1000, 2000]


def test_what_cannot_be_converted_is_remembered_like_an_id() -> None:
    client = Client()
    all_uploads = uploads(client)
    broken = Attachment.of(b"GIF89a", max_image_bytes=1000)
    ids = all_uploads.ids([broken, picture()], "")
    assert isinstance(ids[broken.key], LeftOut)
    assert ids[picture().key] == "id-1"
    assert all_uploads.known([broken, picture()], "") == ids
    assert len(client.uploaded) == 1


def test_a_picture_from_elsewhere_is_converted_too() -> None:
    client = Client()
    remote = RemoteFile(URL, "image")
    all_uploads = uploads(client, Fetcher(pictures_of.picture("WEBP")))
    assert all_uploads.ids([remote], "") == {remote.key: "id-1"}
    assert client.uploaded[0][1].media_type == "image/jpeg"
