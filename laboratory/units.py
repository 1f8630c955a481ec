"""UCUM units as people read them."""

import re

_SPECIAL = {
    "{INR}": "",
    "[pH]": "",
    "{specific_gravity}": "",
    "{titer}": "",
    "mm[Hg]": "mmHg",
    "/[HPF]": "/HPF",
    "g/(24.h)": "g/24 h",
    "[arb'U]/mL": "U/mL",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mg/g{creat}": "mg/g",
}
_POWERS = {"10*3": "10³", "10*6": "10⁶", "10*9": "10⁹", "10*12": "10¹²"}


def readable(unit: str) -> str:
    """10*3/uL as 10³/µL, m[IU]/L as mIU/L, U/g{Hb} as U/g Hb. Unknown units stay as they are."""
    if unit in _SPECIAL:
        return _SPECIAL[unit]
    text = unit.replace("[IU]", "IU").replace("{copies}", "copies")
    for power, shown in _POWERS.items():
        text = text.replace(power, shown)
    text = re.sub(r"(^|/)u(?=[LgM]|mol|IU)", r"\1µ", text)
    return re.sub(r"\{(\w+)\}", r" \1", text).strip()
