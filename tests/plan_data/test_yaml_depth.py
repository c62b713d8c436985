"""What is composed without a look at its events is never deep enough to do harm."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from yaml.events import CollectionEndEvent, CollectionStartEvent

from plan_data import yaml_text
from plan_data.yaml_text import MAX_DEPTH, TextFault, compose, to_data

LEVELS = ("- ", "? ", "a:\n", "[", "{a: ", "-\n", "? - ")


def depth(text):
    deepest = now = 0
    try:
        for event in yaml.parse(text, Loader=yaml_text._Loader):
            now += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            deepest = max(deepest, now)
    except yaml.YAMLError:
        pass
    return deepest


@st.composite
def nested(draw):
    """Draw lists and keys in one another, each in any notation, indented or as far left as they may stand."""
    text, column, closing = "", 0, ""
    for level in draw(st.lists(st.sampled_from(LEVELS), max_size=40)):
        if level[0] in "[{":
            text, closing = text + level, "]}"["[{".index(level[0])] + closing
        elif closing:
            break
        elif level.endswith("\n"):
            column += draw(st.integers(0, 2)) + (level == "a:\n")
            text += level + " " * column
        else:
            text, column = text + level, column + len(level)
    return text + "1" + closing + "\n"


@pytest.fixture
def no_guard(monkeypatch):
    def refuse(text):
        raise AssertionError("guarded")

    monkeypatch.setattr(yaml_text, "_guard", refuse)


@given(text=nested())
def test_a_plain_text_is_no_deeper_than_its_bound(text):
    indent = max(map(len, yaml_text._INDENT.findall(text)), default=0)
    assert depth(text) <= 2 * (indent + 1) + text.count("[") + text.count("{")


@pytest.mark.parametrize("one", ["- ", "? ", "[", "{a: "])
def test_what_could_do_harm_is_never_composed_without_a_look(one, no_guard):
    text = one * 100_000 + "1"
    assert not yaml_text._is_plain(text)
    with pytest.raises(AssertionError, match="guarded"):
        compose(text)


@pytest.mark.parametrize("sign", ["&a 1", "*a", "'a & b'"])
def test_whoever_could_be_an_anchor_is_looked_at(sign):
    assert not yaml_text._is_plain(f"x: {sign}\n")


@pytest.mark.parametrize("one", ["- ", "["])
def test_both_ways_refuse_at_the_same_depth(one):
    closing = "]" if one == "[" else ""
    deepest, too_deep = (one * n + "1" + closing * n for n in (MAX_DEPTH, MAX_DEPTH + 1))
    for composed in (compose(deepest), compose(f"{deepest} # &")):
        assert to_data(composed) is not None
    for text in (too_deep, f"{too_deep} # &"):
        with pytest.raises(TextFault, match="入れ子が深すぎます") as refused:
            to_data(compose(text))
        assert refused.value.line == 1
