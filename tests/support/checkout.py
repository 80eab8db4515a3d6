"""A checkout for one test: .env, config/gigachat.yaml and the environment to load them in."""

import base64
from pathlib import Path

from gigagate.settings import Settings

KEY = base64.b64encode(b"client-id:client-secret").decode()
OTHER_KEY = base64.b64encode(b"other-id:other-secret").decode()


class Checkout:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = {"XDG_STATE_HOME": str(root / "state")}

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, **environ: str) -> Settings:
        return Settings.load(environ={**self.environ, **environ}, root=self.root)

    def load_yaml(self, content: str | bytes) -> Settings:
        self.write("config/gigachat.yaml", content)
        return self.load(GIGACHAT_AUTH_KEY=KEY)
