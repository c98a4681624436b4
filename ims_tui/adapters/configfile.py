"""Reads config.toml and credential files, and notices when one of them changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ims_tui.adapters.smallfile import Fingerprint, fingerprint, read_small
from ims_tui.core.config.environment import Environment, FileText
from ims_tui.core.config.layers import environment_layer, option_layer
from ims_tui.core.config.provenance import Layer, Loaded, SettingProblem, Source
from ims_tui.core.config.reader import read_settings
from ims_tui.core.config.vocabulary import Vocabulary
from ims_tui.core.errors import ConfigError
from ims_tui.core.text import printable
from ims_tui.core.toml.reader import read_toml

_NO_YAML = "reading clouds.yaml needs PyYAML: pip install 'ims-tui[clouds]'"
_EVERYTHING = Vocabulary()


class ConfigFiles(Struct):
    """The operator's files, read again when one of them changed.

    `read_settings` asks for credential files by path; each path that was asked for is
    watched from then on, also one that was not there.
    """

    environ: Mapping[str, str]
    options: Mapping[str, object]
    config_path: Path
    home: Path
    known: Vocabulary = _EVERYTHING
    is_named: bool = False
    """Whether the operator named config.toml, so that it has to be there."""
    loaded: Loaded | None = None
    """What is in force; None before the first `load`."""
    _layer: Layer | None = None
    """The last config.toml that could be read."""
    _seen: dict[str, Fingerprint | None] = field(default_factory=dict)

    def load(self) -> Loaded:
        """Read everything. Blocks; never raises for what stands in a file.

        A config.toml that cannot be read keeps what the last good one said.
        """
        self._seen.clear()
        layer, problem = self._config()
        if not problem or not self._layer:
            self._layer = layer
        layers = (
            option_layer(self.options),
            environment_layer(self.environ),
            self._layer,
        )
        environment = Environment(self.environ, self._read, _parse_yaml, str(self.home))
        loaded = read_settings(layers, environment, self.known, self.loaded)
        if problem:
            loaded = replace(loaded, problems=(problem, *loaded.problems))
        self.loaded = loaded
        return loaded

    def has_changed(self) -> bool:
        """Whether a file that was read, or looked for, is another one now."""
        return any(fingerprint(Path(path)) != seen for path, seen in self._seen.items())

    def _read(self, path: str) -> FileText:
        self._seen[path] = fingerprint(Path(path))
        return read_small(Path(path))

    def _config(self) -> tuple[Layer, SettingProblem | None]:
        """The layer of config.toml; empty, with a problem, if it cannot be used."""
        place = self.config_path.name
        file = self._read(str(self.config_path))
        if not file.exists and not self.is_named:
            return Layer(place, {}), None
        if file.reason:
            text = f"{printable(str(self.config_path))} {file.reason}."
            return Layer(place, {}), SettingProblem(
                Source(place), "", text, whole_file=True
            )
        try:
            values = read_toml(file.text)
        except ValueError as error:
            return Layer(place, {}), _syntax(place, error)
        from ims_tui.core.toml.lines import key_lines

        lines = key_lines(file.text)
        others = file.writable_by_others
        return Layer(place, values, lines, writable_by_others=others), None


def _syntax(place: str, error: ValueError) -> SettingProblem:
    from ims_tui.core.toml.lines import syntax_problem

    what, line, column = syntax_problem(error)
    where = f"column {column}: " if column else ""
    text = f"{where}{printable(what, 120)}. Nothing of this file is used."
    return SettingProblem(Source(place, "", line), "", text, whole_file=True)


def _parse_yaml(text: str) -> object:
    """Parse YAML.

    Raises:
        ConfigError: PyYAML is missing, or this is not YAML; without any of its text.
    """
    try:
        import yaml  # an extra, and slow to import
    except ImportError:
        raise ConfigError(_NO_YAML) from None
    try:
        document: object = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" in line {mark.line + 1}" if mark else ""
        raise ConfigError(f"it is not YAML{where}") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ConfigError("it is not YAML") from None
    return document
