"""Payment links by Stripe: made for what is due or for a deposit, and settled by events that Stripe signed. Once."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from billing.errors import ReasonMissing
from billing.models import Deposit, Gateway, Invoice, Method, Shift
from billing.pricing import Paid
from billing.queries.worklist import running_shift
from billing.services.deposits import receive_deposit
from billing.services.drafts import lock_invoice
from billing.services.transitions import move, record
from core.clock import now
from core.ids import new_id
from core.money import Currency, fits
from gateways.clients import stripe
from gateways.errors import AmountInvalid, GatewayOff, NotDisputed, NothingDue, StripeSays, StripeSilent
from gateways.links import state_path
from gateways.models import Checkout, StripeAccount, StripeEvent
from gateways.queries.checkouts import stripe_account
from gateways.services.confirming import pay_or_none
from gateways.states import REQUEST_FLOW, UNPAID
from notifications.addresses import absolute

PAID_EVENTS = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
EXPIRED_EVENT = "checkout.session.expired"


def link_for_invoice(*, invoice: Invoice, words: str, by: Any) -> Checkout:
    """A link over what is due. The shift of `by` takes the payment when it is still open then.

    Nothing is locked while Stripe is asked; what is due is looked at once more when somebody has paid.
    Raises GatewayOff, NothingDue, StripeSilent, StripeSays.
    """
    invoice = Invoice.objects.get(pk=invoice.pk)
    if not invoice.is_owing:
        raise NothingDue()
    return _open(
        Checkout(
            patient_id=invoice.patient_id,
            invoice=invoice,
            branch_id=invoice.branch_id,
            shift=running_shift(by),
            amount=invoice.balance,
            currency=invoice.currency,
        ),
        words=words,
        by=by,
    )


def link_for_deposit(*, patient: Any, branch: Any, amount: Decimal, currency: str, words: str, by: Any) -> Checkout:
    """A link over a deposit. Raises GatewayOff, AmountInvalid, StripeSilent, StripeSays."""
    if amount <= 0 or not fits(amount, currency):
        raise AmountInvalid()
    asked = Checkout(patient=patient, branch=branch, amount=amount, currency=currency)
    return _open(asked, words=words, by=by)


def _open(asked: Checkout, *, words: str, by: Any) -> Checkout:
    account = _account()
    asked.id, asked.asked_by = new_id(), by
    back = absolute(state_path(asked.pk))
    asked.expires_at = now() + datetime.timedelta(hours=account.hours)
    session = _told(
        stripe.open_session,
        account,
        amount=asked.amount,
        currency=str(asked.currency),
        words=words,
        reference=str(asked.pk),
        expires=asked.expires_at,
        success_url=back,
        cancel_url=back,
    )
    asked.session_id, asked.url = session.id, session.url
    with transaction.atomic():
        asked.save(force_insert=True)
        record(asked, verb="request", from_status="", to_status=asked.status, by=by)
    return asked


def cancel_checkout(*, checkout: Checkout, by: Any) -> Checkout:
    """Close the page; where somebody pays at this very moment, Stripe refuses. Raises StripeSays, MoveNotAllowed."""
    REQUEST_FLOW.check("cancel", checkout.status)
    _told(stripe.end_session, _account(), checkout.session_id)
    with transaction.atomic():
        checkout = _lock(checkout.pk)
        if checkout.is_waiting:  # else the event of its end was quicker
            move(checkout, flow=REQUEST_FLOW, verb="cancel", by=by)
    return checkout


def work_off_event(*, payload: bytes, signature: str) -> bool:
    """Believe an event and do what it says, once; False for one that was worked off before.

    Raises GatewayOff, stripe.SignatureWrong.
    """
    account = _account()
    event = stripe.believe(payload, signature, account.webhook_secret, now())
    event_id, kind = str(event.get("id") or "")[:100], str(event.get("type") or "")[:60]
    if not event_id:
        raise stripe.SignatureWrong()
    try:
        with transaction.atomic():
            checkout = _settle_by(event, kind)
            StripeEvent.objects.create(event_id=event_id, kind=kind, checkout=checkout, made_at=stripe.moment_of(event))
    except IntegrityError:
        if not StripeEvent.objects.filter(event_id=event_id).exists():
            raise
        return False
    return True


def ask_stripe(checkout: Checkout) -> Checkout:
    """Ask how a link stands, for where no event came. Raises GatewayOff, StripeSilent, StripeSays."""
    session = _told(stripe.find_session, _account(), checkout.session_id)
    if not session.is_paid:
        return checkout
    with transaction.atomic():
        return _receive(checkout.pk, session)


@transaction.atomic
def accept_disputed_checkout(*, checkout: Checkout, by: Any) -> Checkout:
    """What really came is held for the patient. Raises NotDisputed."""
    checkout = _lock(checkout.pk)
    if not checkout.is_disputed:
        raise NotDisputed()
    move(checkout, flow=REQUEST_FLOW, verb="hold", by=by, deposit=_hold(checkout))
    return checkout


@transaction.atomic
def dismiss_checkout(*, checkout: Checkout, reason: str, by: Any) -> Checkout:
    """Nothing came that concerns us. Raises NotDisputed, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing()
    checkout = _lock(checkout.pk)
    if not checkout.is_disputed:
        raise NotDisputed()
    move(checkout, flow=REQUEST_FLOW, verb="dismiss", by=by, reason=reason)
    return checkout


def _settle_by(event: dict[str, Any], kind: str) -> Checkout | None:
    """What an event of a session of ours does; events about anything else are only written down."""
    if kind not in (*PAID_EVENTS, EXPIRED_EVENT):
        return None
    session = stripe.session_of(event)
    known = Checkout.objects.filter(session_id=session.id).first()
    if known is None:
        return None
    if kind == EXPIRED_EVENT:
        return _expire(known)
    return _receive(known.pk, session) if session.is_paid else known


def _expire(known: Checkout) -> Checkout:
    checkout = _lock(known.pk)
    if checkout.is_waiting:
        move(checkout, flow=REQUEST_FLOW, verb="expire", by=None)
    return checkout


def _receive(pk: uuid.UUID, session: stripe.Session) -> Checkout:
    checkout = _lock(pk)
    if checkout.status not in UNPAID:
        return checkout
    right_currency = session.currency in Currency.values and fits(session.amount, session.currency)
    if not right_currency or session.amount <= 0:
        move(checkout, flow=REQUEST_FLOW, verb="dispute", by=None)
        return checkout
    got: dict[str, Any] = {
        "received": session.amount,
        "received_currency": session.currency,
        "reference": session.payment_id,
    }
    if (session.amount, session.currency) != (checkout.amount, str(checkout.currency)):
        move(checkout, flow=REQUEST_FLOW, verb="dispute", by=None, **got)
        return checkout
    for name, value in got.items():
        setattr(checkout, name, value)
    payment = checkout.invoice and pay_or_none(
        invoice=checkout.invoice, shift=checkout.shift, paid=_paid(checkout), key=checkout.pk, by=checkout.asked_by
    )
    outcome: dict[str, Any] = {"payment": payment} if payment else {"deposit": _hold(checkout)}
    move(checkout, flow=REQUEST_FLOW, verb="pay" if payment else "hold", by=None, **got, **outcome)
    return checkout


def _hold(checkout: Checkout) -> Deposit:
    if checkout.received is None:
        raise NotDisputed()
    return receive_deposit(
        patient=checkout.patient,
        paid=_paid(checkout),
        gateway=Gateway.STRIPE,
        branch=checkout.branch,
        by=checkout.asked_by,
        key=checkout.pk,
    )


def _paid(checkout: Checkout) -> Paid:
    return Paid(Method.STRIPE, checkout.received_currency, Decimal(checkout.received or 0), checkout.reference)


def _lock(pk: uuid.UUID) -> Checkout:
    """Shift before invoice before link, as everywhere."""
    known = Checkout.objects.select_related("invoice").get(pk=pk)
    if known.shift_id:
        Shift.objects.select_for_update(of=("self",), no_key=True).get(pk=known.shift_id)
    if known.invoice:
        lock_invoice(known.invoice)
    checkouts = Checkout.objects.select_for_update(of=("self",), no_key=True)
    return checkouts.select_related("invoice", "patient", "branch", "shift", "asked_by").get(pk=pk)


def _account() -> StripeAccount:
    account = stripe_account()
    if account is None:
        raise GatewayOff()
    return account


def _told(ask: Any, account: StripeAccount, *args: Any, **asked: Any) -> Any:
    try:
        return ask(account.api, account.secret_key, *args, **asked)
    except stripe.StripeUnreachable as problem:
        raise StripeSilent() from problem
    except stripe.StripeRefuses as problem:
        raise StripeSays(words=str(problem)) from problem
