import logging

from celery import shared_task

from audit.services.chain import seal_pending
from audit.services.checkpoints import ChainContradicted
from audit.services.checkpoints import write_checkpoint as write

logger = logging.getLogger(__name__)


@shared_task
def seal_trail() -> int:
    """Seal what was written since the last run in this hospital; scheduled every five seconds."""
    sealed = total = seal_pending()
    while sealed and total < 50_000:
        sealed = seal_pending()
        total += sealed
    return total


@shared_task
def write_checkpoint() -> str:
    """Sign how far this hospital's chain has come, and keep that outside the database; scheduled every day."""
    try:
        made = write()
    except ChainContradicted as error:
        logger.error("The trail contradicts its last checkpoint; run manage.py verify_audit. %s", error)
        raise
    return made.name if made else ""
