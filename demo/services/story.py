"""One patient's way, step by step, through the very services the screens call."""

from contextlib import AbstractContextManager
from decimal import Decimal
from random import Random

from accounts.models import User
from audit import context
from billing.models import Invoice
from billing.services.drafts import draft_invoice
from billing.services.invoices import issue_invoice
from billing.services.payments import take_payment
from clinical.models import Encounter
from clinical.services.diagnoses import record_diagnosis
from clinical.services.encounters import finish_encounter, send_for_tests, start_encounter
from clinical.services.enrolments import enrol_visit
from clinical.services.notes import save_draft, sign_note
from clinical.services.triage import record_vitals
from demo.cases import CRITICAL, Case, Drug
from demo.draws import money_in_hand, result_of, vital_signs
from demo.services.setting import Place
from laboratory.identity import Identity
from laboratory.models import Order, Panel, Specimen, Test
from laboratory.queries.specimens import tubes_of
from laboratory.services.entry import Entry, save_results, sheet_stamp
from laboratory.services.orders import place_order
from laboratory.services.reading import acknowledge_results
from laboratory.services.specimens import collect_specimens, receive_specimen
from laboratory.services.verification import verify_results
from patients.models import Patient
from pharmacy.models import Dispense, Medicine, Prescription
from pharmacy.services.dispensing import check_dispense, prepare_dispense, review_prescription
from pharmacy.services.handing_over import hand_over
from pharmacy.services.prescriptions import prescribe


class Story:
    """A visit with its case; every method is one act of one person, named in the trail."""

    def __init__(self, place: Place, patient: Patient, case: Case, doctor: str, chance: Random) -> None:
        self.place, self.patient, self.case, self.chance = place, patient, case, chance
        self.people = place.people
        self.doctor = place.people[doctor]
        self.room = place.rooms[0 if doctor == "doctor" else -1]
        self.encounter: Encounter | None = None
        self.order: Order | None = None
        self.prescription: Prescription | None = None
        self.dispense: Dispense | None = None

    def as_(self, username: str | User) -> AbstractContextManager[None]:
        user = self.people[username] if isinstance(username, str) else username
        return context(actor_id=str(user.pk), actor=user.username, role=user.role_line)

    def arrive(self, kind: str = "outpatient", payer: str = "self") -> None:
        with self.as_("receptionist"):
            enrolment = enrol_visit(
                patient=self.patient,
                kind=kind,
                branch=self.place.branch,
                department=self.place.opd,
                practitioner=self.doctor,
                payer=payer,
                reason=self.case.complaint,
                by=self.people["receptionist"],
            )
        self.encounter, self.visit = enrolment.encounter, enrolment.visit

    def triage(self) -> None:
        values = vital_signs(self.case, self.patient.age.years, self.chance)
        with self.as_("nurse"):
            record_vitals(encounter=self.encounter, values=values, by=self.people["nurse"])

    def begin(self) -> None:
        with self.as_(self.doctor):
            start_encounter(encounter=self._fresh(), by=self.doctor, room=self.room)

    def write(self) -> None:
        texts = {name: getattr(self.case, name) for name in ("subjective", "objective", "assessment", "plan")}
        with self.as_(self.doctor):
            self.note = save_draft(encounter=self._fresh(), texts=texts, version=0, by=self.doctor)
            record_diagnosis(encounter=self._fresh(), code=self.case.code, by=self.doctor)

    def order_tests(self) -> bool:
        if not (self.case.panels or self.case.tests):
            return False
        with self.as_(self.doctor):
            self.order = place_order(
                encounter=self._fresh(),
                tests=Test.objects.filter(code__in=self.case.tests),
                panels=Panel.objects.filter(code__in=self.case.panels),
                again=True,  # a patient of a long history may have had one of them yesterday
                by=self.doctor,
            )
        return True

    def send_for_tests(self) -> None:
        with self.as_(self.doctor):
            send_for_tests(encounter=self._fresh(), by=self.doctor)

    def finish(self) -> None:
        with self.as_(self.doctor):
            if self.case.drugs:
                self._prescribe()
            sign_note(encounter=self._fresh(), version=self.note.version, by=self.doctor)
            finish_encounter(encounter=self._fresh(), disposition="home", by=self.doctor)

    def _prescribe(self) -> None:
        items = [self._item(drug) for drug in self.case.drugs]
        self.prescription = prescribe(encounter=self._fresh(), items=[one for one in items if one], by=self.doctor)

    def _item(self, drug: Drug) -> dict | None:
        medicine = Medicine.objects.filter(inn=drug.inn, form=drug.form, strength=drug.strength).first()
        return (
            None
            if medicine is None
            else {
                "medicine": medicine,
                "dose": Decimal(drug.dose),
                "dose_unit": drug.unit,
                "frequency": drug.frequency,
                "route": drug.route,
                "duration_days": drug.days,
                "reason": "Benefit outweighs the risk, patient informed",
            }
        )

    # --- Laboratory ---------------------------------------------------------------------------------------------------
    def collect(self) -> list[Specimen]:
        identity = Identity(mrn=self.patient.mrn, birth=f"{self.patient.birth_date:%Y-%m-%d}")
        with self.as_("nurse"):
            return collect_specimens(
                order=self.order,
                tubes=[tube.key for tube in tubes_of(self.order)],
                identity=identity,
                by=self.people["nurse"],
            )

    def receive(self) -> list[Specimen]:
        with self.as_("labtech"):
            return [
                receive_specimen(accession=specimen.accession, by=self.people["labtech"])
                for specimen in self.order.specimens.all()
            ]

    def enter_results(self, *, critical: bool = False) -> None:
        with self.as_("labtech"):
            for specimen in self.order.specimens.all():
                save_results(
                    specimen=specimen,
                    entries={
                        item.pk: self._value(item.test, critical) for item in specimen.items.select_related("test")
                    },
                    seen=sheet_stamp(specimen),
                    submit=True,
                    by=self.people["labtech"],
                )

    def verify(self) -> None:
        with self.as_("labtech2"):
            for specimen in self.order.specimens.all():
                verify_results(
                    specimen=specimen,
                    items=[item.pk for item in specimen.items.filter(state="resulted")],
                    by=self.people["labtech2"],
                )

    def read_results(self) -> None:
        with self.as_(self.doctor):
            acknowledge_results(order=self.order, by=self.doctor)

    def _value(self, test: Test, critical: bool) -> Entry:
        if critical and test.code in CRITICAL:
            return Entry(CRITICAL[test.code])
        return Entry(result_of(test, self.case, self.chance))

    # --- Pharmacy and cashier -----------------------------------------------------------------------------------------
    def prepare(self) -> None:
        if self.prescription is None:
            return
        with self.as_("pharmacist"):
            review_prescription(prescription=self.prescription, by=self.people["pharmacist"])
            self.dispense = prepare_dispense(
                prescription=self.prescription, location=self.place.store, by=self.people["pharmacist"]
            )
        if self.dispense.needs_check:
            with self.as_("pharmacist2"):
                check_dispense(dispense=self.dispense, by=self.people["pharmacist2"])

    def hand_over(self) -> None:
        if self.dispense is None:
            return
        with self.as_("pharmacist"):
            hand_over(dispense=self.dispense, by=self.people["pharmacist"])

    def bill(self) -> Invoice:
        with self.as_("cashier"):
            draft = draft_invoice(visit=self.visit, by=self.people["cashier"])
            self.invoice = issue_invoice(invoice=draft, by=self.people["cashier"])
        return self.invoice

    def pay(self, cashier: str = "cashier") -> None:
        invoice = Invoice.objects.get(pk=self.invoice.pk)
        if invoice.balance <= 0:
            return
        with self.as_(cashier):
            take_payment(
                invoice=invoice,
                tenders=money_in_hand(invoice.balance, invoice.rate, self.chance),
                by=self.people[cashier],
            )

    def _fresh(self) -> Encounter:
        return Encounter.objects.get(pk=self.encounter.pk)


def whole_visit(story: Story, tick) -> None:
    """From the door to the door; ``tick(minutes)`` lets time pass between the acts."""
    story.arrive()
    tick(6)
    story.triage()
    tick(14)
    story.begin()
    tick(5)
    story.write()
    if story.order_tests():
        _tests(story, tick)
    tick(6)
    story.finish()
    tick(4)
    story.prepare()
    tick(5)
    story.bill()
    story.pay()
    tick(4)
    story.hand_over()


def _tests(story: Story, tick) -> None:
    story.send_for_tests()
    tick(4)
    story.collect()
    tick(5)
    story.receive()
    tick(22)
    story.enter_results()
    tick(5)
    story.verify()
    tick(8)
    story.begin()
    story.read_results()
