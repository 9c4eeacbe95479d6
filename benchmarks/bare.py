"""A bare title on the tuned server, with nothing of ours around it: python -m benchmarks.bare PORT."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import streamlit as st

from dashboard.settings import Settings
from dashboard.web.server import bind, collect_now_and_then, serve, settle_memory


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    settle_memory()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(collect_now_and_then)
        yield
        tasks.cancel_scope.cancel()


def main() -> None:
    settings = Settings(_env_file=None, environment="demo", host="127.0.0.1", port=int(sys.argv[1]))
    app = st.App(str(Path(__file__).with_name("bare_page.py")), lifespan=lifespan)
    serve(app, settings, bind(settings.host, settings.port))


if __name__ == "__main__":
    main()
