from laboratory.models.alert import CriticalAlert
from laboratory.models.answer import Answer, AnswerSet
from laboratory.models.catalogue import Container, Panel, PanelMember, Section, SpecimenType, Test
from laboratory.models.order import ItemMove, Order, OrderedPanel, OrderItem
from laboratory.models.range import ReferenceRange
from laboratory.models.result import Result
from laboratory.models.specimen import LabelPrint, Specimen

__all__ = [
    "Answer",
    "AnswerSet",
    "Container",
    "CriticalAlert",
    "ItemMove",
    "LabelPrint",
    "Order",
    "OrderItem",
    "OrderedPanel",
    "Panel",
    "PanelMember",
    "ReferenceRange",
    "Result",
    "Section",
    "Specimen",
    "SpecimenType",
    "Test",
]
