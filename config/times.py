"""A time of day in a configuration file."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from plan_data.explain import refuse


def is_time(text: str) -> str:
    """Return a time of day as it is written; fail validation for what is none."""
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", text):
        refuse((), f"「{text}」という時刻はありません", ['"08:30" のような24時間の時:分（2桁ずつ）'])
    return text


TimeOfDay = Annotated[
    str,
    AfterValidator(is_time),
    Field(description='時刻（日本時間）。例: "08:30"', json_schema_extra={"pattern": r"^\d\d:\d\d$"}),
]
