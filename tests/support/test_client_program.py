from pathlib import Path

from tests.support.client_program import ClientProgram
from tests.support.real_parts import require_real_part

FETCHES = """
Promise.allSettled(process.argv.slice(1).map((url) => fetch(url))).then((results) =>
    results.forEach(({ reason }) => console.log(reason.cause.message)));
"""


def test_a_program_of_nodes_stays_on_loopback(tmp_path: Path) -> None:
    urls = ("https://example.org/", "http://localhost:9/", "http://127.0.0.1:9/")
    with ClientProgram(require_real_part("node"), tmp_path / "home") as node:
        done = node.run("-e", FETCHES, *urls, folder=tmp_path)
    outside, *inside = done.stdout.splitlines()
    assert outside == "example.org: a test stays on loopback"
    assert len(inside) == 2
    assert not any("a test stays" in line for line in inside)
