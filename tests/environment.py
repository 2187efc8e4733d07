"""The environment of tests and benchmarks, without the settings of whoever runs them."""

import os
import re
from pathlib import Path

SETTINGS = Path(__file__).parents[1] / "cinema" / "settings.py"
READ = re.compile(r'(?:env\.\w+|names)\(\s*"(\w+)"')


def forget_settings() -> None:
    """Remove every setting of the cinema from the environment, but the database: its server may be a given one."""
    for name in set(READ.findall(SETTINGS.read_text())) - {"DATABASE_URL"}:
        os.environ.pop(name, None)
