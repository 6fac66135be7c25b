# SPDX-License-Identifier: EUPL-1.2
"""Links that a decision makes, and those that people make beside it."""

import threading
import time

import psycopg
import pytest
from django.db import connection, transaction

from smilecity.core import links, nouns
from smilecity.core.models import Link, Noun
from tests.core.waiting import someone_waits

TAKE_BACK = "DELETE FROM core_link WHERE decided"


def pair() -> tuple[Noun, Noun]:
    """A project and a need."""
    with transaction.atomic():
        first, second = (nouns.put(kind, f"{kind}s/one", {"de": kind}) for kind in ("project", "need"))
    return first, second


@pytest.mark.django_db
def test_a_decision_takes_back_only_what_it_alone_has_said() -> None:
    project, need = pair()
    links.link_by_decision(project.id, "answers", need.id)
    links.unlink_decision(project.id, "answers", need.id)
    assert links.linked_from(project.id, "answers") == []
    for said in ((links.link, links.link_by_decision), (links.link_by_decision, links.link)):
        for say in said:
            say(project.id, "answers", need.id)
        links.unlink_decision(project.id, "answers", need.id)
        assert links.linked_from(project.id, "answers") == [need]
        links.unlink(project.id, "answers", need.id)
    assert not Link.objects.exists()


@pytest.mark.django_db
def test_the_same_twice_in_one_list_is_one_link() -> None:
    project, need = pair()
    links.link_all("answers", [(project.id, need.id)] * 2)
    assert links.linked_from(project.id, "answers") == [need]


@pytest.mark.parametrize("at_once", [False, True])
def test_what_is_said_while_the_decision_is_taken_back_stays(database_url: str, at_once: bool) -> None:
    """Looked up first and then left as it is, the link is lost; in one statement it is made anew."""
    project, need = pair()
    links.link_by_decision(project.id, "answers", need.id)

    def say() -> None:
        try:
            if at_once:
                links.link(project.id, "answers", need.id)
            else:
                made, _new = Link.objects.get_or_create(source=project, kind="answers", target=need)
                Link.objects.filter(id=made.id).update(decided=False)
        finally:
            connection.close()

    with psycopg.connect(database_url) as taker:
        taker.execute(TAKE_BACK)
        project_says = threading.Thread(target=say)
        project_says.start()
        while not someone_waits(database_url):
            time.sleep(0.01)
        taker.commit()
        project_says.join()
    assert Link.objects.exists() is at_once
