"""MkDocs at work in a process of its own: requests come in, pages go there, what was logged out.

    python -P worker.py CONFIG_FILE

A line of the input asks for a site: `{"folder": where, "extra": {what the templates are told}}`.
MkDocs makes it, and a line answers:
`{"seconds": 0.2, "records": [[level, logger, text], …], "error": [reason, file] or null,
"docs": …, "themes": [folders of files that are nobody's own]}`, or `{"missing": a package}`.

The process ends with its input, so a build that is killed writes no further into a folder which
the next one clears away. It is a script and imports nothing of ours: a build waits for its start.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

try:
    from jinja2 import Environment, FileSystemLoader
    from mkdocs.commands.build import build
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.exceptions import Abort
except ModuleNotFoundError as package:
    print(json.dumps({"missing": package.name}))
    sys.exit()

THEME = Path(__file__).parents[1] / "theme"
SNIPPETS = "pymdownx.snippets"
SEARCH = ("search", "material/search")
# What MkDocs only mentions unless mkdocs.yml says otherwise: here a link that leads nowhere counts.
VALIDATION = {
    "nav": ("absolute_links", "not_found", "omitted_files"),
    "links": ("absolute_links", "anchors", "not_found", "unrecognized_links"),
}

# The pages have no "edit this page", so a wrong address of it is no fault of each page.
NO_EDITING = {"edit_uri": "", "edit_uri_template": ""}

Settings = dict[str, Any]


def main(config_file: Path) -> None:
    """Answers every request of the input, one after the other."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a hook or plugin prints is no answer
    os.chdir(config_file.parent)  # the snippets' base_path is relative to the working directory
    requests: SimpleQueue[Settings] = SimpleQueue()
    Thread(target=listen, args=(requests,), daemon=True).start()
    while True:
        request = requests.get()
        answer = make(config_file, **request)
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


def listen(requests: SimpleQueue[Settings]) -> None:
    """Hands on what comes in; ends the process, whatever it does, where the input ends."""
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)


def make(config_file: Path, folder: str, extra: Settings) -> Settings:
    """Makes the site in `folder`; whatever goes wrong is said in the answer."""
    start = time.perf_counter()
    records: list[list[str]] = []
    answer: Settings = {"records": records, "error": None}
    listener = Listener(records)
    logging.getLogger().addHandler(listener)
    try:
        config = load(config_file, folder, extra)
        if config is not None:
            answer["docs"] = config.docs_dir
            answer["themes"] = dress(config)
            config.plugins.on_startup(command="build", dirty=False)
            build(config)
            config.plugins.on_shutdown()
    except OSError as fault:
        if fault.errno is None:  # no fault of the system's: a template that is not found is one
            records.append(["ERROR", type(fault).__name__, str(fault)])
        else:
            answer["error"] = [fault.strerror, fault.filename]
    except Abort as fault:  # it comes after what it is for was logged
        if not records:
            records.append(["ERROR", "Abort", str(fault)])
    except Exception as fault:
        records.append(["ERROR", type(fault).__name__, str(fault)])
    finally:
        logging.getLogger().removeHandler(listener)
    answer["seconds"] = time.perf_counter() - start
    return answer


class Listener(logging.Handler):
    """Keeps what is logged as a warning or worse: [level, logger, text]."""

    def __init__(self, records: list[list[str]]) -> None:
        super().__init__(logging.WARNING)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        self.records.append([record.levelname, record.name, text])


def load(config_file: Path, folder: str, extra: Settings) -> MkDocsConfig | None:
    """Returns mkdocs.yml with our settings over it; None, all faults logged, where it is wrong."""
    config = MkDocsConfig(config_file_path=str(config_file))
    with open(config_file, "rb") as file:
        config.load_file(file)
    own = config.user_configs[-1]
    config.load_dict(overrides(own, config_file, extra))
    config.load_dict({"site_dir": folder})
    errors, warnings = config.validate()
    log = logging.getLogger("mkdocs.config")
    for key, warning in warnings:
        log.warning("Config value '%s': %s", key, warning)
    for key, error in errors:
        log.error("Config value '%s': %s", key, error)
    if not errors:  # an included file may begin with a mark of its encoding, which is no word
        config.mdx_configs.setdefault(SNIPPETS, {}).setdefault("encoding", "utf-8-sig")
    return None if errors else config


def overrides(settings: Settings, config_file: Path, extra: Settings) -> Settings:
    """Returns what the build sets over the owner's mkdocs.yml.

    MkDocs' own search is not made; a link that leads nowhere counts unless the owner allows it.
    """
    changed: Settings = {"plugins": without_search(settings.get("plugins")), **NO_EDITING}
    own = settings.get("extra")
    if isinstance(own, dict | None):
        changed["extra"] = {**(own or {}), **extra}
    validation = settings.get("validation")
    if isinstance(validation, dict | None):
        changed["validation"] = strict(validation or {})
    theme = settings.get("theme")
    if isinstance(theme, dict) and is_gone(theme.get("custom_dir"), config_file):
        changed["theme"] = {key: theme[key] for key in theme if key != "custom_dir"}
    return changed


def without_search(plugins: Any) -> Any:
    """Returns the owner's plugins, a list or a mapping, without MkDocs' and Material's search."""
    if isinstance(plugins, dict):
        return {name: plugins[name] for name in plugins if name not in SEARCH}
    if isinstance(plugins, list):
        return [plugin for plugin in plugins if name_of(plugin) not in SEARCH]
    return plugins or []


def name_of(plugin: Any) -> Any:
    """Returns the name of an entry of `plugins`: itself, or the key of a mapping to its options."""
    return next(iter(plugin), None) if isinstance(plugin, dict) else plugin


def strict(validation: Settings) -> Settings:
    """Returns the owner's `validation`, with every check that he does not name at "warn"."""
    checks = dict(validation)
    for part, names in VALIDATION.items():
        own = validation.get(part) or {}
        if isinstance(own, dict):
            checks[part] = {**dict.fromkeys(names, "warn"), **own}
    return checks


def is_gone(custom_dir: Any, config_file: Path) -> bool:
    """Says whether a `custom_dir` names our theme where it no longer lies: it is found anyway."""
    if not isinstance(custom_dir, str):
        return False
    folder = config_file.parent / custom_dir
    return folder.parts[-2:] == THEME.parts[-2:] and not folder.is_dir()


def dress(config: MkDocsConfig) -> list[str]:
    """Puts our theme behind the owner's own folder; returns the folders that are not his."""
    folders = config.theme.dirs
    if str(THEME) not in folders:
        behind = 1 if config.theme.custom_dir else 0
        folders.insert(behind, str(THEME))
    config.theme["font"] = False  # they would come from elsewhere
    templates = environment(config)
    config.theme.get_env = lambda: templates  # type: ignore[method-assign]
    first = folders.index(str(THEME))
    return folders[first:]


class Templates(FileSystemLoader):
    """The theme's files, without its 14,000 icons, which are never pages: a third of the time."""

    def list_templates(self) -> list[str]:
        names: set[str] = set()
        for folder in self.searchpath:
            names.update(files_of(Path(folder)))
        return sorted(names)


def files_of(folder: Path) -> list[str]:
    """Returns the files below a folder, with slashes, without what begins with a dot."""
    names = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(place).relative_to(folder)
        for name in files:
            path = inside / name
            names.append(path.as_posix())
    return names


KEPT: dict[tuple[str, ...], Environment] = {}  # by the theme's folders


def environment(config: MkDocsConfig) -> Environment:
    """Returns a theme's templates; what is compiled serves the next build of a preview too."""
    folders = tuple(config.theme.dirs)
    if folders not in KEPT:
        templates = config.theme.get_env()
        templates.loader = Templates(folders)
        templates.auto_reload = True
        KEPT[folders] = templates
    return KEPT[folders]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
