# SPDX-License-Identifier: EUPL-1.2
"""What runs by the clock: notices brought to people, events to webhooks, and both forgotten in time."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from procrastinate import App, Blueprint

from smilecity.core import clock
from smilecity.core.who import NODE
from smilecity.people import actions
from smilecity.people.jobs.letters import Letters, short

NOTICE_DAYS = 180
UNCONFIRMED_DAYS = 7
DELIVERY_DAYS = 30
LINGER_SECONDS = 10.0  # a first failure is tried again after five
AT_HOME = ("127.0.0.1", "0.0.0.0", "::", "::1")  # noqa: S104 - addresses to listen on, not to send to

Work = Callable[[int], None]


def mail_with(city_name: Callable[[], str]) -> Work:
    """The job that sends what is due, signed with the name the city has then."""

    def deliver_mail(timestamp: int) -> None:
        actions.deliver_mail(NODE, Letters(city_name(), address()).letter)

    return deliver_mail


def deliver_push(timestamp: int) -> None:
    """Short messages to browsers that were switched on."""
    actions.deliver_push(NODE, actions.Courier(settings.PUSH_KEY_FILE, responsible()), short)


def forget_notices(timestamp: int) -> None:
    """Notices older than half a year."""
    actions.forget_notices(NODE, clock.now() - timedelta(days=NOTICE_DAYS))


def forget_unconfirmed(timestamp: int) -> None:
    """Accounts whose address nobody has confirmed for a week."""
    actions.forget_unconfirmed(NODE, clock.now() - timedelta(days=UNCONFIRMED_DAYS))


def send_webhooks(timestamp: int) -> None:
    """What webhooks are to be told."""
    actions.send_waiting(NODE, linger=LINGER_SECONDS)


def forget_deliveries(timestamp: int) -> None:
    """What webhooks were told a month ago, and what never reached them."""
    actions.forget_deliveries(NODE, clock.now() - timedelta(days=DELIVERY_DAYS))


def add(app: App, city_name: Callable[[], str]) -> None:
    """Tell the queue of this room's jobs, `people:<name>`. At most one of each waits, and one of each runs."""
    jobs = Blueprint()
    for cron, work in (
        ("*/2 * * * *", mail_with(city_name)),
        ("* * * * *", deliver_push),
        ("* * * * *", send_webhooks),
        ("29 4 * * *", forget_notices),
        ("35 4 * * *", forget_deliveries),
        ("41 4 * * *", forget_unconfirmed),
    ):
        name = work.__name__
        task = jobs.task(name=name, queueing_lock=f"people.{name}", lock=f"people.{name}")(work)
        jobs.periodic(cron=cron)(task)
    app.add_tasks_from(jobs, namespace="people")


def address() -> str:
    """The node's address as residents type it; links in mail begin with it. At home it is `localhost`."""
    known: str = settings.SMILE.address
    host = "localhost" if settings.SMILE.host in AT_HOME else settings.SMILE.host
    return known or f"http://{host}:{settings.SMILE.port}"


def responsible() -> str:
    """Whom a push service may ask about our messages (RFC 8292 wants a mailbox or an https address)."""
    known: str = settings.SMILE.address
    return known if known.startswith("https://") else f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
