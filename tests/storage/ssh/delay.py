"""A TCP proxy that holds data back: a far host on this computer, where the kernel has no netem.

Run by ``python -m tests.storage.ssh.delay PORT MILLISECONDS``: prints the port it listens on, then passes on
what comes to PORT, half of the round trip later each way. Ended by its standard input's end.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 64 * 1024


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Each part as long after it came; the parts behind it need not wait for it."""
    loop = asyncio.get_running_loop()
    held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def take() -> None:
        while data := await reader.read(_CHUNK):
            held.put_nowait((loop.time() + seconds, data))
        held.put_nowait((loop.time() + seconds, b""))

    taking = asyncio.create_task(take())
    with suppress(OSError):
        while True:
            at, data = await held.get()
            await asyncio.sleep(at - loop.time())
            if not data:
                break
            writer.write(data)
            await writer.drain()
    taking.cancel()
    with suppress(OSError):
        writer.close()


async def serve(port: int, round_trip: float) -> None:
    """Pass on until standard input ends; ``round_trip`` in seconds."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(
            _pass_on(reader, there_writer, round_trip / 2),
            _pass_on(there_reader, writer, round_trip / 2),
            return_exceptions=True,
        )

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


@contextmanager
def delayed(port: int, milliseconds: float) -> Iterator[int]:
    """The port of a proxy to a port, as a process of its own."""
    words = [sys.executable, "-m", "tests.storage.ssh.delay", str(port), str(milliseconds)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout is not None
        assert proxy.stdin is not None
        try:
            yield int(proxy.stdout.readline())
        finally:
            proxy.stdin.close()
            proxy.terminate()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
