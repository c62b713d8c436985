"""By which way messages go out, and who is told of what."""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.channel_kinds import Channel, FolderChannel
from config.delivery import Delivery
from config.operation import Operation
from config.section import NAME, NAME_ALLOWED, Section, shaped
from plan_data.explain import refuse

Audience = Literal["事務局", "担当課", "本部長補佐", "副本部長", "本部長"]
VerdictCode = Literal[
    "critical",
    "delayed",
    "contradictory",
    "at_risk",
    "unreported",
    "on_track",
    "done",
    "ahead",
    "not_due",
]
ALL_VERDICTS: tuple[VerdictCode, ...] = get_args(VerdictCode)


def _spelled_out(value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        refuse((), f"「{value}」は使えません。all 又は判定の一覧を書いてください", ["all", *ALL_VERDICTS])
    return ALL_VERDICTS if value == "all" else value


Verdicts = Annotated[
    tuple[VerdictCode, ...],
    BeforeValidator(_spelled_out, json_schema_input_type=tuple[VerdictCode, ...] | Literal["all"]),
]
ChannelId = Annotated[
    str,
    AfterValidator(shaped(NAME, NAME_ALLOWED)),
    Field(json_schema_extra={"pattern": f"^{NAME}$"}),
]


class Route(Section):
    """An audience is told by a channel of these verdicts; ``all`` in the file means every one."""

    audience: Audience = Field(description="だれに")
    channel: str = Field(description="どの経路で（channels の名前）")
    verdicts: Verdicts = Field(min_length=1, description="どの判定を（一覧又は all）")


class Channels(Section):
    """The ways out, and the routes over them."""

    channels: dict[ChannelId, Channel] = Field(min_length=1, description="通知の経路")
    routes: tuple[Route, ...] = Field(description="だれに、どの経路で、どの判定を知らせるか")
    delivery: Delivery = Field(Delivery(), description="送れなかったときの決まり")
    operation: Operation = Field(Operation(), description="このしくみ自身の知らせ（稼働報告など）")

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Self:
        seen: set[tuple[str, str]] = set()
        for i, route in enumerate(self.routes):
            if route.channel not in self.channels:
                refuse(
                    ("routes", i, "channel"),
                    f"「{route.channel}」という経路はありません",
                    list(self.channels),
                )
            if (route.audience, route.channel) in seen:
                message = f"{route.audience}への {route.channel} の行が二つあります。verdicts を一つの行にまとめてください"
                refuse(("routes", i, "audience"), message)
            seen.add((route.audience, route.channel))
        return self

    @model_validator(mode="after")
    def _fallback_reaches_people(self) -> Self:
        name = self.delivery.fallback
        if name is not None and (name not in self.channels or self.channels[name].is_chat):
            fit = [known for known, channel in self.channels.items() if not channel.is_chat]
            refuse(("delivery", "fallback"), f"「{name}」は予備の経路に使えません", fit)
        return self

    @model_validator(mode="after")
    def _operator_is_reached(self) -> Self:
        name = self.operation.channel
        if name is not None and name not in self.channels:
            refuse(("operation", "channel"), f"「{name}」という経路はありません", list(self.channels))
        return self

    @property
    def operator_channel(self) -> str:
        """The channel by which word of the service itself goes."""
        routed = (route.channel for route in self.routes if route.audience == self.operation.audience)
        return self.operation.channel or next(routed, next(iter(self.channels)))

    def falls_back(self, channel: str) -> str | None:
        """Return the channel that takes over what this one cannot send, None where there is none."""
        known = self.channels.get(channel)
        return None if known is not None and not known.is_chat else self.delivery.fallback

    def into_folder(self) -> Self:
        """Return the same routes with every channel a folder: nothing reaches anybody."""
        folders: dict[str, Any] = {name: FolderChannel(kind="folder") for name in self.channels}
        return self.model_copy(update={"channels": folders})
