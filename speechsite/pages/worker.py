"""MkDocs at work in a process of its own: folders come in, pages go there, what was logged comes out.

    python -P worker.py CONFIG_FILE

A line of the input asks for a site: `{"folder": where, "extra": {what the templates are told}}`.
MkDocs makes it, and a line answers: `{"seconds": 0.2, "records": [[level, logger, text], …],
"error": [reason, file] or null, "docs": …, "themes": [folders of files that are nobody's own]}`,
or `{"missing": a package}`.
The process ends with its input, so a build that is killed writes no further into a folder which
the next one clears away. It is a script and imports nothing of ours: a build waits for its start.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

THEME = Path(__file__).parents[1] / "theme"
SEARCH = ("search", "material/search")
# What MkDocs only mentions unless mkdocs.yml says otherwise; here a link that leads nowhere is a fault.
VALIDATION = {
    "nav": ("absolute_links", "not_found", "omitted_files"),
    "links": ("absolute_links", "anchors", "not_found", "unrecognized_links"),
}


def main(config_file: Path) -> None:
    """Answers every request of the input, one after the other."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a hook or plugin prints is no answer
    os.chdir(config_file.parent)  # the snippets' base_path is relative to the working directory
    requests: SimpleQueue[dict[str, Any]] = SimpleQueue()
    Thread(target=listen, args=(requests,), daemon=True).start()
    try:
        make = prepared(config_file)
    except ModuleNotFoundError as error:
        answers.write(f"{json.dumps({'missing': error.name})}\n")
        return
    while True:
        answers.write(f"{json.dumps(make(**requests.get()))}\n")
        answers.flush()


def listen(requests: SimpleQueue[dict[str, Any]]) -> None:
    """Hands on what comes in; ends the process, whatever it does, where the input ends."""
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)


def prepared(config_file: Path) -> Callable[..., dict[str, Any]]:
    """Returns what answers a request, with MkDocs loaded and what can be kept between two builds."""
    from jinja2 import Environment, FileSystemLoader, TemplateNotFound
    from mkdocs.commands.build import build
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.exceptions import Abort

    environments: dict[tuple[str, ...], Environment] = {}

    class Templates(FileSystemLoader):
        """The theme's files, without its 14,000 icons, which are never pages: a third of the time."""

        def list_templates(self) -> list[str]:
            return sorted({name for folder in self.searchpath for name in files_of(Path(folder))})

    def environment(folders: tuple[str, ...], config: MkDocsConfig) -> Environment:
        """Returns a theme's templates; what is compiled serves the next build of a preview too."""
        if folders not in environments:
            environments[folders] = config.theme.get_env()
            environments[folders].loader = Templates(folders)
            environments[folders].auto_reload = True
        return environments[folders]

    def load(folder: str, extra: dict[str, Any]) -> MkDocsConfig | None:
        """Returns mkdocs.yml with our settings over it; None, all faults logged, where it is wrong."""
        config = MkDocsConfig(config_file_path=str(config_file))
        with open(config_file, "rb") as file:
            config.load_file(file)
        config.load_dict(overrides(config.user_configs[-1], config_file, extra))
        config.load_dict({"site_dir": folder})
        errors, warnings = config.validate()
        for level, found in ((logging.WARNING, warnings), (logging.ERROR, errors)):
            for key, text in found:
                logging.getLogger("mkdocs.config").log(level, "Config value '%s': %s", key, text)
        if not errors:  # an editor may have left a byte order mark in a words file
            snippets = config.mdx_configs.setdefault("pymdownx.snippets", {})
            snippets.setdefault("encoding", "utf-8-sig")
        return None if errors else config

    def dress(config: MkDocsConfig) -> list[str]:
        """Puts our theme behind the owner's own folder; returns the folders that are not the owner's."""
        folders = config.theme.dirs
        if str(THEME) not in folders:
            folders.insert(1 if config.theme.custom_dir else 0, str(THEME))
        config.theme["font"] = False  # they would come from elsewhere
        templates = environment(tuple(folders), config)
        config.theme.get_env = lambda: templates  # type: ignore[method-assign]
        return folders[folders.index(str(THEME)) :]

    def make(folder: str, extra: dict[str, Any]) -> dict[str, Any]:
        """Answers one request; whatever goes wrong is said in the answer."""
        start = time.perf_counter()
        records: list[list[str]] = []
        answer: dict[str, Any] = {"records": records, "error": None}
        handler = Listener(records)
        logging.getLogger().addHandler(handler)
        try:
            if config := load(folder, extra):
                answer.update(docs=config.docs_dir, themes=dress(config))
                config.plugins.on_startup(command="build", dirty=False)
                build(config)
                config.plugins.on_shutdown()
        except TemplateNotFound as trouble:  # it calls itself an OSError
            records.append(["ERROR", "TemplateNotFound", str(trouble.name)])
        except OSError as trouble:
            answer["error"] = [trouble.strerror or str(trouble), trouble.filename]
        except (Abort, Exception) as trouble:  # Abort comes after what it is for was logged
            if not records or not isinstance(trouble, Abort):
                records.append(["ERROR", type(trouble).__name__, str(trouble)])
        finally:
            logging.getLogger().removeHandler(handler)
        return {"seconds": time.perf_counter() - start, **answer}

    return make


class Listener(logging.Handler):
    """Keeps what is logged as a warning or worse: [level, logger, text]."""

    def __init__(self, records: list[list[str]]) -> None:
        super().__init__(logging.WARNING)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append([record.levelname, record.name, record.getMessage()])


def overrides(settings: dict[str, Any], config_file: Path, extra: dict[str, Any]) -> dict[str, Any]:
    """Returns what the build sets over the owner's mkdocs.yml.

    MkDocs' own search is not made; a link that leads nowhere is a fault unless the owner allows it;
    a `custom_dir` that names our theme where it no longer lies is left out, since it is found anyway.
    """
    changed: dict[str, Any] = {"plugins": without_search(settings.get("plugins"))}
    if isinstance(settings.get("extra"), dict | None):
        changed["extra"] = {**(settings.get("extra") or {}), **extra}
    validation = settings.get("validation") or {}
    if isinstance(validation, dict):
        changed["validation"] = {**validation}
        for part, keys in VALIDATION.items():
            given = validation.get(part) or {}
            if isinstance(given, dict):
                changed["validation"][part] = {**dict.fromkeys(keys, "warn"), **given}
    theme = settings.get("theme")
    if isinstance(theme, dict) and isinstance(theme.get("custom_dir"), str):
        folder = config_file.parent / theme["custom_dir"]
        if folder.parts[-2:] == THEME.parts[-2:] and not folder.is_dir():
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
    """Returns the name of an entry of `plugins`, which may be a name or a mapping of one name to its options."""
    return next(iter(plugin), None) if isinstance(plugin, dict) else plugin


def files_of(folder: Path) -> list[str]:
    """Returns the files below a folder, with slashes, without what begins with a dot."""
    names = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(place).relative_to(folder)
        names += [(inside / name).as_posix() for name in files]
    return names


if __name__ == "__main__":
    main(Path(sys.argv[1]))
