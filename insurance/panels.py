"""What this room adds to pages of others."""

from core.panels import Panel, register

register(Panel(slot="chart-actions", order=50, permission="coverage:view", template="insurance/_chart_action.html"))
