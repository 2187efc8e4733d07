"""The site's own files under names that change with what is in them."""

import json
import re

from django.core.management import call_command

from cinema.demo.assets import collect


def test_scripts_import_one_another_by_the_names_that_change(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "cinema.web.static_files.StaticFiles"}}
    scripts = tmp_path / "static" / "js"
    scripts.mkdir(parents=True)
    (scripts / "one.js").write_text('import { two } from "./two.js";\n')
    (scripts / "two.js").write_text("export const two = 2;\n")
    settings.STATICFILES_DIRS = [tmp_path / "static"]

    call_command("collectstatic", interactive=False, verbosity=0)

    [one] = settings.STATIC_ROOT.glob("js/one.*.js")
    name = re.search(r'from "(.*)"', one.read_text())[1]
    assert name != "./two.js"
    assert (one.parent / name).exists()


def test_the_demo_serves_every_file_that_a_template_names(settings, tmp_path):
    templates = [path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    named = {name for text in templates for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", text)}
    assert "bootstrap/css/bootstrap.rtl.min.css" in named
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "cinema.web.static_files.StaticFiles"}}

    assert collect()

    assert named <= json.loads((tmp_path / "staticfiles.json").read_text())["paths"].keys()
