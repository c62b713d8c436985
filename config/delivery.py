"""How hard a message is tried, when it is given up, and what becomes of it then."""

from typing import Annotated

from pydantic import Field

from config.section import Section

Minutes = Annotated[int, Field(ge=1, le=1_440, strict=True)]


class Delivery(Section):
    """The rules of the outbox. The reason of each default stands in the town's channels.yaml."""

    backoff_minutes: tuple[Minutes, ...] = Field(
        (1, 5, 15, 60, 240),
        min_length=1,
        description="送れなかったとき、次に送るまでの分数。1回目、2回目…の順で、最後の数はその後も使う",
    )
    jitter: float = Field(
        0.2, ge=0, le=0.5, strict=True, description="待ち時間を前後にずらす割合（0～0.5）。0.2なら±20%"
    )
    retry_after_max_minutes: Minutes = Field(
        240, description="相手が「あとで」（Retry-After）と言うとき、待つ上限の分数"
    )
    max_attempts: int = Field(
        30, ge=1, le=1_000, strict=True, description="一つの通知を送ってみる回数。超えたらあきらめる"
    )
    max_hours: int = Field(
        168, ge=1, le=8_760, strict=True, description="一つの通知を送り続ける時間数。過ぎたらあきらめる"
    )
    fallback: str | None = Field(
        None,
        description="チャットなどで送れなかった通知を、代わりに送る経路（channels の名前。メールかフォルダ）",
    )
    max_hours_before_fallback: int = Field(
        24, ge=1, le=8_760, strict=True, description="fallback に切り替えるまで送り続ける時間数"
    )
