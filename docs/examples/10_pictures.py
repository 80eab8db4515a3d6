"""A picture in a question: as a data URL here; an https address works too, where settings allow.

The proxy uploads it to GigaChat once, however often the conversation repeats it.
"""

import base64
import os
import struct
import zlib

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")


def png(red: int, green: int, blue: int, side: int = 64) -> bytes:
    """A square of one colour, so that the example needs no file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        end = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + end

    rows = (b"\x00" + bytes((red, green, blue)) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


url = "data:image/png;base64," + base64.b64encode(png(0, 160, 80)).decode()
answer = client.chat.completions.create(
    model="gigachat",
    messages=[
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Какого цвета квадрат?"},
                {"type": "image_url", "image_url": {"url": url}},
            ],
        }
    ],
)
print(answer.choices[0].message.content)
