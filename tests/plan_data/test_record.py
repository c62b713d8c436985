"""A record behaves as a frozen dataclass with slots does."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace

import pytest

from plan_data.record import record


@record
class Place:
    """A place."""

    sheet: str
    row: int = 1
    cells: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        return self.cells[0]


@dataclass(frozen=True, slots=True)
class OrdinaryPlace:
    sheet: str
    row: int = 1
    cells: tuple[str, ...] = ()


GIVEN = [
    pytest.param(("A",), {}, id="what has no default"),
    pytest.param(("A", 2, ("B",)), {}, id="all by position"),
    pytest.param((), {"cells": ("B",), "sheet": "A"}, id="some by name"),
    pytest.param(("A",), {"row": 3}, id="both"),
]


@pytest.mark.parametrize(("values", "named"), GIVEN)
def test_it_holds_what_a_dataclass_would_hold(values, named):
    made, ordinary = Place(*values, **named), OrdinaryPlace(*values, **named)
    assert asdict(made) == asdict(ordinary)
    assert repr(made) == repr(ordinary).replace("OrdinaryPlace", "Place")
    assert hash(made) == hash(ordinary)
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize(
    ("values", "named"),
    [
        pytest.param((), {}, id="nothing"),
        pytest.param(("A", 1, (), "B"), {}, id="one too many"),
        pytest.param(("A",), {"column": 1}, id="a name it does not have"),
        pytest.param(("A",), {"sheet": "B"}, id="one twice"),
        pytest.param((), {"row": 1, "column": 1}, id="a wrong name for a missing one"),
    ],
)
def test_it_takes_each_value_once(values, named):
    with pytest.raises(TypeError, match="sheet, row, cells"):
        Place(*values, **named)


def test_it_is_equal_to_a_record_of_its_kind_with_the_same_values_alone():
    assert Place("A", 2) == Place("A", 2)
    assert Place("A", 2) != Place("A", 3)
    assert Place("A") != OrdinaryPlace("A")
    assert len({Place("A"), Place("A"), Place("B")}) == 2


def test_it_is_never_changed():
    place = Place("A")
    with pytest.raises(FrozenInstanceError):
        place.row = 2
    with pytest.raises(FrozenInstanceError):
        del place.row
    with pytest.raises(FrozenInstanceError):
        place.column = 2
    assert replace(place, row=2) == Place("A", 2)
    assert place == Place("A")


def test_it_travels_and_is_copied():
    place = Place("A", 2, ("B",))
    assert pickle.loads(pickle.dumps(place)) == copy.deepcopy(place) == copy.copy(place) == place
    assert place.first == "B"


def test_what_it_would_pass_over_is_refused():
    class Counted:
        cells: list[str] = field(default_factory=list)

    class Checked:
        row: int

        def __post_init__(self) -> None:
            assert self.row

    for each in (Counted, Checked):
        with pytest.raises(TypeError, match="make it a dataclass"):
            record(each)
