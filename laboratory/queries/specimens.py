from dataclasses import dataclass, field

from django.db.models import QuerySet

from laboratory.models import Container, Order, OrderItem, Specimen, SpecimenType
from laboratory.queries.orders import of_visible_orders
from laboratory.states import ItemState


@dataclass
class Tube:
    """One container still to be filled, with the tests it is for."""

    specimen_type: SpecimenType
    container: Container
    items: list[OrderItem] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.specimen_type.code}.{self.container.code}"

    @property
    def asked_again(self) -> bool:
        return any(item.recollections for item in self.items)


def group_into_tubes(items: list[OrderItem]) -> list[Tube]:
    """Tests of the same material and container share a tube."""
    tubes: dict[tuple, Tube] = {}
    for item in items:
        test = item.test
        tube = tubes.setdefault((test.specimen_type_id, test.container_id), Tube(test.specimen_type, test.container))
        tube.items.append(item)
    return list(tubes.values())


def tubes_of(order: Order) -> list[Tube]:
    """What still has to be collected for an order."""
    waiting = order.items.filter(state=ItemState.ORDERED)
    return group_into_tubes(list(waiting.select_related("test__specimen_type", "test__container", "test__section")))


def visible_specimens(user) -> QuerySet[Specimen]:
    """Tubes of the patients this person may see."""
    related = ("patient", "order__ordered_by", "specimen_type", "container", "collected_by", "received_by")
    return of_visible_orders(user, Specimen.objects.select_related(*related))


def received_by(user, *, limit: int = 15) -> list[Specimen]:
    """What this person took over last, the newest first."""
    mine = Specimen.objects.filter(received_by=user).select_related("specimen_type", "container", "patient", "order")
    return list(mine.order_by("-received_at")[:limit])
