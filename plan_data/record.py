"""Records between stations: frozen, slotted dataclasses whose classes are made quickly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make ``cls`` what ``dataclass(frozen=True, slots=True)`` would: equal by its values, and hashable.

    That one writes six methods for each class and compiles them, at every start: for our seventy classes a
    twentieth of what a run costs beside its libraries. Here all records share their methods.
    """
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    if hasattr(made, "__post_init__") or any(each.default_factory is not MISSING for each in fields(made)):
        raise TypeError(f"{made.__qualname__} has a __post_init__ or a default_factory: make it a dataclass")
    made.__init__ = _init(made)
    made.__eq__, made.__hash__, made.__repr__, made.__reduce__ = _equal, _hash, _repr, _reduce
    made.__setattr__ = made.__delattr__ = _refuse
    return made  # type: ignore[no-any-return]


def _init(made: Any) -> Callable[..., None]:
    names = tuple(each.name for each in fields(made))
    put = tuple(getattr(made, name).__set__ for name in names)
    defaults = {each.name: each.default for each in fields(made) if each.default is not MISSING}

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        if named or len(values) != len(names):
            values = complete(values, named)
        for put_one, value in zip(put, values, strict=True):
            put_one(self, value)

    def complete(values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        given = {**defaults, **dict(zip(names, values, strict=False)), **named}
        twice = named.keys() & names[: len(values)]
        if len(values) > len(names) or given.keys() != set(names) or twice:
            raise TypeError(f"{made.__qualname__} takes each of {', '.join(names)} once")
        return tuple(given[name] for name in names)

    return __init__


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__slots__)


def _equal(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    shown = (f"{name}={value!r}" for name, value in zip(self.__slots__, _values(self), strict=True))
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _reduce(self: Any) -> tuple[Any, ...]:
    return type(self), _values(self)


def _refuse(self: Any, name: str, *value: object) -> None:
    raise FrozenInstanceError(f"{name!r} of {type(self).__qualname__} is never changed")
