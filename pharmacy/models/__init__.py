from pharmacy.models.adjustment import StockAdjustment
from pharmacy.models.batch import Batch, BatchBalance
from pharmacy.models.dispense import Dispense, DispenseLine
from pharmacy.models.interaction import Interaction
from pharmacy.models.location import Location
from pharmacy.models.medicine import Medicine
from pharmacy.models.movement import StockMovement
from pharmacy.models.prescription import Prescription, PrescriptionItem
from pharmacy.models.query import PrescriptionQuery
from pharmacy.models.receipt import GoodsReceipt, GoodsReceiptLine
from pharmacy.models.returned import MedicineReturn
from pharmacy.models.status_change import StatusChange
from pharmacy.models.warning import SafetyWarning

__all__ = [
    "Batch",
    "BatchBalance",
    "Dispense",
    "DispenseLine",
    "GoodsReceipt",
    "GoodsReceiptLine",
    "Interaction",
    "Location",
    "Medicine",
    "MedicineReturn",
    "Prescription",
    "PrescriptionItem",
    "PrescriptionQuery",
    "SafetyWarning",
    "StatusChange",
    "StockAdjustment",
    "StockMovement",
]
