"""Who looks after the service, and how its silence is noticed."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.channel_kinds import HostPort, Networks
from config.section import Section
from config.times import is_time


class Heartbeat(Section):
    """A URL called after each run that ended well; whoever watches it notices when no call comes.

    The URL itself is secret: SHINCHOKU_HEARTBEAT_URL.
    """

    method: Literal["GET", "POST"] = Field("GET", description="呼び方")
    allowed_hosts: tuple[HostPort, ...] = Field(
        min_length=1, description='呼んでよい「ホスト名:ポート番号」。例: "hc.example.jp:443"'
    )
    allowed_networks: Networks = ()


class Operation(Section):
    """To whom word of the service itself goes: the daily report, and what failed."""

    audience: Literal["事務局", "本部長補佐"] = Field(
        "事務局", description="動かしている人（people.yaml の役割）"
    )
    channel: str | None = Field(
        None, description="どの経路で（channels の名前）。省くと、事務局に知らせる経路のうち最初のもの"
    )
    report_at: Annotated[str, AfterValidator(is_time)] | None = Field(
        None, description='稼働報告を送る時刻（営業日）。例: "17:00"。省くと送らない'
    )
    heartbeat: Heartbeat | None = Field(
        None, description="正常に終わるたびに呼ぶURLの決まり。URLは SHINCHOKU_HEARTBEAT_URL に置く"
    )
