"""Many requests at once: a key for a person may run one at a time, so the proxy makes a queue.

None fails with 429; each waits for its turn.  `limits` in config/gigachat.yaml sets the bounds.
"""

import asyncio
import os
import statistics
import time

from openai import AsyncOpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
REQUESTS = int(os.environ.get("REQUESTS", "20"))


async def one(client: AsyncOpenAI, number: int) -> float:
    started = time.monotonic()
    await client.chat.completions.create(
        model="gigachat", messages=[{"role": "user", "content": f"Сколько будет {number} + 1?"}]
    )
    return time.monotonic() - started


async def main() -> None:
    async with AsyncOpenAI(base_url=base_url, api_key="anything", max_retries=0) as client:
        started = time.monotonic()
        times = await asyncio.gather(*(one(client, number) for number in range(REQUESTS)))
    whole = time.monotonic() - started
    print(f"{REQUESTS} requests at once, all answered in {whole:.2f} s")
    print(f"median {statistics.median(times):.2f} s, longest {max(times):.2f} s")


asyncio.run(main())
