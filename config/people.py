"""Who is told: the roles of the headquarters and the contacts of the departments."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.section import Section
from plan_data.explain import refuse

#: The roles of the plan's chapter 3, and the prefixes of roles that exist once a 課 or a 部.
ROLES = ("事務局", "本部長補佐", "副本部長", "本部長")
DEPARTMENT_ROLE = "担当課:"
DIVISION_ROLE = "副本部長:"
#: Reserved for examples (JPRS): nothing sent there reaches anybody.
SAMPLE_DOMAIN = "example.jp"

# Plain ASCII addresses only: mail systems of town halls and of LGWAN take no others.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")


def _is_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        refuse(
            (),
            f"「{text}」はメールアドレスの形になっていません",
            ["jimukyoku@example.jp のような半角のアドレス"],
        )
    return text


MailAddress = Annotated[str, AfterValidator(_is_address)]


class Person(Section):
    """Somebody who is told: a name by role, never a personal one, and a mail address."""

    name: str = Field(min_length=1, description="宛名（役職・課名）")
    address: MailAddress = Field(description="メールアドレス")

    @property
    def is_sample(self) -> bool:
        """Whether the address is an example that reaches nobody."""
        return self.address.lower().endswith((f"@{SAMPLE_DOMAIN}", f".{SAMPLE_DOMAIN}"))


class People(Section):
    """Role → person. Roles are those of the headquarters, ``担当課:税務課`` and ``副本部長:総務部``."""

    roles: dict[str, Person] = Field(description="役割ごとの宛先")

    @model_validator(mode="after")
    def _roles_are_known(self) -> Self:
        for role in self.roles:
            prefixed = role.startswith((DEPARTMENT_ROLE, DIVISION_ROLE)) and role.partition(":")[2]
            if role not in ROLES and not prefixed:
                refuse(
                    ("roles", role),
                    f"「{role}」という役割はありません",
                    [*ROLES, f"{DEPARTMENT_ROLE}課の名称", f"{DIVISION_ROLE}部の名称"],
                )
        if "事務局" not in self.roles:
            refuse(("roles", "事務局"), "事務局の宛先がありません。name と address を書いてください")
        return self

    def get(self, role: str) -> Person | None:
        """Return the person of a role, None where there is none."""
        return self.roles.get(role)

    def department(self, name: str) -> Person | None:
        """Return the contact of one 担当課, None where there is none."""
        return self.roles.get(DEPARTMENT_ROLE + name)
