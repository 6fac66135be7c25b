# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: e-mail addresses forgotten in time."""

from datetime import timedelta

from django.conf import settings
from procrastinate import App, Blueprint

from smilecity.citizens import actions
from smilecity.core import clock
from smilecity.core.who import NODE

jobs = Blueprint()


def add(app: App) -> None:
    """Tell the queue of this room's jobs; called once, when Django is ready."""
    app.add_tasks_from(jobs, namespace="citizens")


@jobs.periodic(cron="11 4 * * *")
@jobs.task(name="forget_contacts", queueing_lock="citizens.forget_contacts")
def forget_contacts(timestamp: int) -> None:
    """E-mail addresses older than the city keeps them (SMILE_CONTACT_DAYS)."""
    actions.forget_contacts(NODE, clock.now() - timedelta(days=settings.SMILE.contact_days))
