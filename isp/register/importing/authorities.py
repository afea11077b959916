"""Which local authority a cell means: by its three-digit code, its name as offices write it, or both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from isp.register.importing.problems import NotUnderstood

# What is left out when two names of one authority are compared.
_AROUND = re.compile(
    r"\b(the|city of|city|county of|county|london borough of|royal borough of|borough of|metropolitan|"
    r"borough|district|unitary|council|local authority|lea|la|lb|mbc|rb)\b"
)
_CODE = re.compile(r"(\d{3})\b\W*(.*)")
_OUTSIDE = "xxx"  # what returns write for a home that is not known or not in England


def _bare(name: str) -> str:
    text = name.casefold().replace("&", " and ").replace("’", "").replace("'", "")
    return re.sub(r"[\W_]", "", _AROUND.sub(" ", re.sub(r"[\-,.()/]", " ", text)))


@dataclass(frozen=True)
class Authorities:
    """The authorities that are known, made once from code → name and asked for each row."""

    names: Mapping[str, str]
    _codes: Mapping[str, str | None]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Authorities:
        """`names` by three-digit code. A shortened name that two authorities share is no name."""
        codes: dict[str, str | None] = {}
        for code, name in names.items():
            bare = _bare(name)
            codes[bare] = None if bare in codes or bare == "london" else code
        # A full name wins over another's shortened one. ("London" alone means none of its 33 authorities.)
        codes.update({_whole(name): code for code, name in names.items()})
        return cls(dict(names), codes)

    def read(self, text: str) -> str | None:
        """The code of the authority meant; None where the file says XXX. Raises NotUnderstood."""
        if text.casefold() == _OUTSIDE:
            return None
        if (found := _CODE.fullmatch(text)) and found[1] in self.names:
            return found[1]
        code = self._codes.get(_whole(text)) or self._codes.get(_bare(text))
        if code is None:
            raise NotUnderstood(
                f"“{text}” is not a local authority we know. Write its name or its three-digit code."
            )
        return code


def _whole(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold().replace("&", " and "))
