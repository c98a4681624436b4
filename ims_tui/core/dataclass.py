"""Dataclasses that cost little to define: a program of many small values starts sooner.

Python's own decorator compiles six functions for each class, about a millisecond; with
more than a hundred classes that was a quarter of the time to the first frame. Here the
methods are closures over the names of the fields, and `__init__` is compiled when some
objects have been made: of most classes a start makes one or two. To a type checker, and
to whoever uses them, the classes are those of Python with `slots=True`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass", "field", "names_of", "replace"]

Fields = Mapping[str, "Field[Any]"]

RARE = 10
"""Objects of a class that are made before its `__init__` is compiled: that takes as
long as making twenty without."""


def names_of(cls: type) -> tuple[str, ...]:
    """Names of the fields, in order. The class is one of this module."""
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]
    return names


def _dataclass(*, slots: bool, frozen: bool = False) -> Callable[[type], type]:
    """Make the class anew with slots and the methods of a value."""

    def make(cls: type) -> type:
        fields = {**_inherited(cls), **_own(cls)}
        names = tuple(fields)
        made = _slotted(cls, fields)
        values: Callable[[object], object] = (
            attrgetter(*names) if names else lambda self: ()
        )

        left = RARE

        def first(self: object, *args: object, **kwargs: object) -> None:
            nonlocal left
            left -= 1
            if left < 0 or not _put(self, fields, args, kwargs):
                made.__init__ = init = _init(made, fields)  # type: ignore[misc]
                init(self, *args, **kwargs)

        def equal(self: object, other: object) -> object:
            if other.__class__ is not made:
                return NotImplemented
            return other is self or values(self) == values(other)

        def text(self: object) -> str:
            return f"{type(self).__qualname__}({', '.join(_shown(self, fields))})"

        methods: dict[str, object] = {
            "__init__": first,
            "__eq__": equal,
            "__repr__": text,
            "__hash__": (lambda self: hash(values(self))) if frozen else None,
        }
        if frozen:
            methods |= {"__setattr__": _refuse_set, "__delattr__": _refuse_delete}
        for name, method in methods.items():
            if name not in cls.__dict__ or (name == "__hash__" and not frozen):
                setattr(made, name, method)
        return made

    return make


def _inherited(cls: type) -> dict[str, Field[Any]]:
    found: dict[str, Field[Any]] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= base.__dict__.get("__dataclass_fields__", {})
    return found


def _own(cls: type) -> dict[str, Field[Any]]:
    """The annotated names; a class that needs `ClassVar` is not one for this module."""
    found = {}
    for name, kind in cls.__annotations__.items():
        given = cls.__dict__.get(name, MISSING)
        each = given if isinstance(given, Field) else field(default=given)
        each.name, each.type = name, kind
        found[name] = each
    return found


def _slotted(cls: type, fields: Fields) -> type:
    """The same class with slots, and without what they take the place of."""
    own = tuple(cls.__annotations__)
    gone = {"__dict__", "__weakref__", *own}
    body = {name: each for name, each in cls.__dict__.items() if name not in gone}
    body |= {
        "__qualname__": cls.__qualname__,
        "__slots__": own,
        "__dataclass_fields__": fields,
        "__match_args__": tuple(fields),
    }
    made: type = type(cls)(cls.__name__, cls.__bases__, body)
    return made


def _put(
    self: object,
    fields: Fields,
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> bool:
    """Set the fields of a new object; False, with nothing set, if the call is wrong."""
    given = {**dict(zip(fields, args, strict=False)), **kwargs}
    if len(given) != len(args) + len(kwargs) or not given.keys() <= fields.keys():
        return False
    values = []
    for name, each in fields.items():
        if name in given:
            values.append(given[name])
        elif each.default_factory is not MISSING:
            values.append(each.default_factory())
        elif each.default is not MISSING:
            values.append(each.default)
        else:
            return False
    for name, value in zip(fields, values, strict=True):
        object.__setattr__(self, name, value)  # a frozen class allows that
    if hasattr(self, "__post_init__"):
        self.__post_init__()
    return True


def _init(cls: type, fields: Fields) -> Callable[..., None]:
    """Compile `__init__`; it sets slots directly, which a frozen class allows."""
    scope: dict[str, Any] = {"_missing": MISSING}
    parameters, lines = [], []
    for name, each in fields.items():
        scope[f"_set_{name}"] = getattr(cls, name).__set__
        if each.default_factory is not MISSING:
            scope[f"_new_{name}"] = each.default_factory
            parameters.append(f"{name}=_missing")
            lines.append(f" if {name} is _missing: {name} = _new_{name}()")
        elif each.default is not MISSING:
            scope[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f" _set_{name}(self, {name})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    head = f"def __init__({', '.join(['self', *parameters])}):\n"
    exec(head + ("\n".join(lines) or " pass"), scope)
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"  # for the words of a TypeError
    return made


def _shown(value: object, fields: Fields) -> Iterator[str]:
    return (f"{n}={getattr(value, n)!r}" for n, each in fields.items() if each.repr)


def _refuse_set(self: object, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(self: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _replace(value: Any, /, **changes: object) -> Any:
    """The value with some fields changed."""
    cls = value.__class__
    fields = {name: getattr(value, name) for name in cls.__match_args__}
    fields.update(changes)
    return cls(**fields)


if not TYPE_CHECKING:
    dataclass, replace = _dataclass, _replace
