"""A power cut, at its worst: of a database's files only what had been synced is left."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("cut_power.c")


def compiler() -> str | None:
    """What makes the library; none here, none."""
    return shutil.which("cc") or shutil.which("gcc")


class Power:
    """The power of one folder's database. Who runs with ``environment`` leaves behind what was synced."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        found = compiler()
        if found is None:
            raise SystemExit("a power cut needs a C compiler (Debian: apt-get install gcc)")
        self.library = folder / "cut_power.so"
        self.main = folder / names[0]
        subprocess.run([found, "-shared", "-fPIC", "-O2", "-o", self.library, SOURCE, "-ldl"], check=True)
        shutil.copy2(self.main, self.kept(self.main))

    @staticmethod
    def kept(path: Path) -> Path:
        return path.with_name(f"{path.name}.synced")

    def environment(self) -> dict[str, str]:
        return {**os.environ, "LD_PRELOAD": str(self.library), "CUT_POWER": str(self.main)}

    def lose_what_was_not_synced(self) -> None:
        """Put every file back to what it was when it was last synced. Nobody may have them open."""
        for path in (self.main, self.main.with_name(f"{self.main.name}-wal")):
            path.unlink(missing_ok=True)
            if self.kept(path).exists():
                shutil.copy2(self.kept(path), path)
        self.main.with_name(f"{self.main.name}-shm").unlink(missing_ok=True)
