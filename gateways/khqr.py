"""KHQR: building and reading the QR strings of Bakong (EMVCo merchant-presented mode). Pure; knows no database.

A string is a row of tag (2 digits), length (2 digits) and value. The length counts characters, also where the value is
Khmer or Chinese; the checksum runs over the UTF-8 bytes of everything before it. Dynamic codes (an amount in them)
carry when they were made and when they expire, in milliseconds.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from core.money import KHR, USD, quantize

STATIC, DYNAMIC = "11", "12"
CURRENCIES = {"840": USD, "116": KHR}
CODES = {currency.value: code for code, currency in CURRENCIES.items()}
ACCOUNT = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST = {"account": 32, "name": 25, "city": 15, "amount": 13, "bill": 25}
REQUIRED = ("00", "01", "52", "53", "58", "59", "60")


class KhqrBroken(ValueError):
    """The text is no row of tags, or its checksum is wrong: a damaged or foreign code."""


@dataclass(frozen=True)
class Khqr:
    """What a code says, as its texts; empty where it says nothing. ``faults`` is why Bakong would not take it."""

    text: str
    kind: str = ""  # individual (tag 29) or merchant (tag 30)
    initiation: str = ""
    account_id: str = ""
    account_information: str = ""
    merchant_id: str = ""
    acquiring_bank: str = ""
    union_pay: str = ""
    category: str = ""
    currency: str = ""
    amount: str = ""
    country: str = ""
    name: str = ""
    city: str = ""
    bill_number: str = ""
    mobile: str = ""
    store: str = ""
    terminal: str = ""
    purpose: str = ""
    language: str = ""
    other_name: str = ""
    other_city: str = ""
    created_ms: str = ""
    expires_ms: str = ""
    crc: str = ""
    faults: tuple[str, ...] = field(default=())

    @property
    def md5(self) -> str:
        """The key by which the bank knows the code."""
        return md5_of(self.text)

    @property
    def is_well_formed(self) -> bool:
        return not self.faults

    @property
    def is_dynamic(self) -> bool:
        return self.initiation == DYNAMIC


@dataclass(frozen=True)
class Receiver:
    """Whose account is paid. With ``merchant_id`` the code is a merchant's (tag 30), else a person's (tag 29)."""

    account_id: str
    name: str
    city: str = "Phnom Penh"
    merchant_id: str = ""
    acquiring_bank: str = ""
    category: str = "5999"


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE over the UTF-8 bytes, four capital hexadecimal digits."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def md5_of(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def build(
    receiver: Receiver,
    *,
    amount: Decimal,
    currency: str,
    created: datetime,
    expires: datetime,
    bill_number: str = "",
    terminal: str = "",
    purpose: str = "",
) -> str:
    """A dynamic code over an amount. Raises ValueError for what does not fit into one.

    >>> build(Receiver("clinic@bank", "Clinic"), amount=Decimal("1.5"), currency="USD", created=…, expires=…)
    """
    if amount <= 0 or quantize(amount, currency) != amount:
        raise ValueError("The amount is not one of this currency")
    if not ACCOUNT.fullmatch(receiver.account_id):
        raise ValueError("A Bakong account is written name@bank")
    if expires <= created:
        raise ValueError("A code expires after it was made")
    figures = str(quantize(amount, currency))
    _check_lengths(account=receiver.account_id, name=receiver.name, city=receiver.city)
    _check_lengths(amount=figures, bill=bill_number)
    account = [("00", receiver.account_id), ("01", receiver.merchant_id), ("02", receiver.acquiring_bank)]
    tags = [
        ("00", "01"),
        ("01", DYNAMIC),
        ("30" if receiver.merchant_id else "29", _row(account)),
        ("52", receiver.category),
        ("53", CODES[str(currency)]),
        ("54", figures),
        ("58", "KH"),
        ("59", receiver.name),
        ("60", receiver.city),
        ("62", _row([("01", bill_number), ("07", terminal), ("08", purpose)])),
        ("99", _row([("00", _milliseconds(created)), ("01", _milliseconds(expires))])),
    ]
    return sealed(_row(tags))


def sealed(tags: str) -> str:
    """A row of tags with its checksum."""
    begun = f"{tags}6304"
    return begun + checksum(begun)


def read(text: str) -> Khqr:
    """What a code says, and what is wrong with it. Raises KhqrBroken."""
    tags = dict(_tags(text))
    crc = tags.get("63", "")
    if text[-8:-4] != "6304" or crc != checksum(text[:-4]):
        raise KhqrBroken("the checksum is wrong")
    kind = "merchant" if "30" in tags else "individual" if "29" in tags else ""
    account = dict(_tags(tags.get("30") or tags.get("29") or ""))
    extra, other, times = (dict(_tags(tags.get(tag, ""))) for tag in ("62", "64", "99"))
    found = Khqr(
        text=text,
        kind=kind,
        initiation=tags.get("01", ""),
        account_id=account.get("00", ""),
        account_information=account.get("01", "") if kind == "individual" else "",
        merchant_id=account.get("01", "") if kind == "merchant" else "",
        acquiring_bank=account.get("02", ""),
        union_pay=tags.get("15", ""),
        category=tags.get("52", ""),
        currency=tags.get("53", ""),
        amount=tags.get("54", ""),
        country=tags.get("58", ""),
        name=tags.get("59", ""),
        city=tags.get("60", ""),
        bill_number=extra.get("01", ""),
        mobile=extra.get("02", ""),
        store=extra.get("03", ""),
        terminal=extra.get("07", ""),
        purpose=extra.get("08", ""),
        language=other.get("00", ""),
        other_name=other.get("01", ""),
        other_city=other.get("02", ""),
        created_ms=times.get("00", ""),
        expires_ms=times.get("01", ""),
        crc=crc,
    )
    faults = (*(f"missing tag {tag}" for tag in REQUIRED if tag not in tags), *_faults(found))
    return Khqr(**{**found.__dict__, "faults": faults})


def _faults(code: Khqr) -> Iterator[str]:
    if code.initiation not in (STATIC, DYNAMIC):
        yield "point of initiation is neither static nor dynamic"
    if not code.kind:
        yield "no Bakong account"
    if not ACCOUNT.fullmatch(code.account_id):
        yield "account is not name@bank"
    if len(code.account_id) > LONGEST["account"]:
        yield "account is too long"
    if code.currency not in CURRENCIES:
        yield "currency is neither riel nor dollar"
    if not re.fullmatch(r"\d{4}", code.category):
        yield "category is not four digits"
    yield from _faults_of_amount(code)
    yield from _faults_of_times(code)


def _faults_of_amount(code: Khqr) -> Iterator[str]:
    if code.is_dynamic and not code.amount:
        yield "dynamic without amount"
    if not code.amount:
        return
    try:
        amount = Decimal(code.amount)
    except InvalidOperation:
        yield "amount is no number"
        return
    if len(code.amount) > LONGEST["amount"] or amount <= 0:
        yield "amount is out of range"
    currency = CURRENCIES.get(code.currency)
    if currency and quantize(amount, currency) != amount:
        yield "amount has too many decimals"


def _faults_of_times(code: Khqr) -> Iterator[str]:
    """Old codes carry no expiry, some a mark of their own instead of a time: they are read; we never make one."""
    if not (code.created_ms and code.expires_ms):
        return
    if not all(re.fullmatch(r"\d{13}", one, re.ASCII) for one in (code.created_ms, code.expires_ms)):
        yield "timestamp is not 13 digits"
    elif int(code.expires_ms) <= int(code.created_ms):
        yield "expires before it was made"


def _tags(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        tag, length = text[place : place + 2], text[place + 2 : place + 4]
        if not (tag.isascii() and tag.isdecimal() and length.isascii() and length.isdecimal()):
            raise KhqrBroken("this is no row of tags")
        value = text[place + 4 : place + 4 + int(length)]
        if len(value) != int(length):
            raise KhqrBroken("a value ends too soon")
        yield tag, value
        place += 4 + int(length)


def _row(tags: list[tuple[str, str]]) -> str:
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in tags if value)


def _check_lengths(**values: str) -> None:
    for name, value in values.items():
        if len(value) > LONGEST[name]:
            raise ValueError(f"{name} is longer than {LONGEST[name]} characters")


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.astimezone(UTC).timestamp() * 1000))
