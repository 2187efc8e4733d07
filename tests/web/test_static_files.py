"""The site's own files under names that change with what is in them."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from cinema.demo.assets import collect


def test_scripts_import_one_another_by_the_names_that_change(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "cinema.web.static_files.StaticFiles"}}
    scripts = tmp_path / "static" / "js"
    (scripts / "numbers").mkdir(parents=True)
    (scripts / "numbers" / "one.js").write_text('import {\n  two,\n} from "./two.js";\n')
    (scripts / "numbers" / "two.js").write_text('import { three } from "../three.js";\n')
    (scripts / "three.js").write_text("export const three = 3;\n")
    settings.STATICFILES_DIRS = [tmp_path / "static"]

    call_command("collectstatic", interactive=False, verbosity=0)

    for name, imported in {"numbers/one": "./two.js", "numbers/two": "../three.js"}.items():
        [script] = settings.STATIC_ROOT.glob(f"js/{name}.*.js")
        found = re.search(r'from "(.*)"', script.read_text())[1]
        assert found != imported
        assert (script.parent / found).exists()


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """The folder of all files of the site, collected as the demo does it."""
    root = tmp_path_factory.mktemp("static")
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "cinema.web.static_files.StaticFiles"}}
    with override_settings(STATIC_ROOT=root, STORAGES=storages):
        assert collect()
    return root


def names_of(collected: Path) -> dict[str, str]:
    """The names under which files are served, by their own names."""
    return json.loads((collected / "staticfiles.json").read_text())["paths"]


def test_all_scripts_of_the_site_import_by_the_names_that_change(collected):
    ours = [
        collected / to
        for name, to in names_of(collected).items()
        if name.endswith(".js") and (settings.BASE_DIR / "static" / name).exists()
    ]
    imports = [
        (path, name) for path in ours for name in re.findall(r'^(?:import|}) .*"(\..*)";$', path.read_text(), re.M)
    ]
    assert len(imports) > 20
    for path, name in imports:
        assert re.search(r"\.[0-9a-f]{12}\.js$", name), f"{path.name} imports {name}"
        assert (path.parent / name).exists()


def test_the_demo_serves_every_file_that_a_template_names(collected):
    templates = [path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    named = {name for text in templates for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", text)}
    assert "bootstrap/css/bootstrap.rtl.min.css" in named

    assert named <= names_of(collected).keys()
