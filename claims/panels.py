"""What this room adds to pages of others."""

from core.panels import Panel, register

register(Panel(slot="payer", order=10, permission="payer:edit", template="claims/channel/_link.html"))
