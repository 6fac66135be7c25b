# SPDX-License-Identifier: EUPL-1.2
"""How long things usually take, reckoned from what was said in the last year."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from smilecity.citizens import rights, rules
from smilecity.citizens.models import Usual
from smilecity.core import clock
from smilecity.core.problems import Refusal
from smilecity.core.who import Who

REACH = timedelta(days=365)
# Each need counts in its own area, in all above it, and everywhere (null). What is still open, merged or given away
# tells only that it took longer than this: `ended` is false, and it leaves those at risk without ending (Kaplan-Meier).
# Ignoring it would make the city look faster than it is, for what takes long is what is still open.
_RECKON = """
WITH RECURSIVE said AS (
    SELECT n.noun_id, n.category_id, noun.area_id,
        extract(epoch FROM coalesce(n.answered_at, %(now)s) - n.said_at)::float8 / 86400 AS days,
        n.decision IN ('done', 'accepted', 'refused', 'answered') AS ended
    FROM (
        SELECT noun_id, category_id, said_at, decision, CASE WHEN state = 'closed' THEN answered_at END AS answered_at
        FROM citizens_need WHERE category_id IS NOT NULL AND said_at >= %(since)s AND said_at <= %(now)s
    ) AS n JOIN core_noun AS noun ON noun.id = n.noun_id
), counted (noun_id, area_id) AS (
    SELECT noun_id, area_id FROM said WHERE area_id IS NOT NULL
    UNION
    SELECT counted.noun_id, core_noun.area_id
    FROM counted JOIN core_noun ON core_noun.id = counted.area_id WHERE core_noun.area_id IS NOT NULL
), placed AS (
    SELECT said.category_id, counted.area_id, greatest(days, 0) AS days, ended
    FROM said JOIN counted USING (noun_id)
    UNION ALL
    SELECT category_id, NULL, greatest(days, 0), ended FROM said
), moments AS (
    SELECT category_id, area_id, days, count(*) AS here, count(*) FILTER (WHERE ended) AS ended
    FROM placed GROUP BY category_id, area_id, days
), at_risk AS (
    SELECT *, sum(here) OVER (PARTITION BY category_id, area_id ORDER BY days DESC) AS left_over FROM moments
), open_still AS (
    SELECT *, sum(CASE WHEN ended = left_over THEN -1000 ELSE ln((1 - ended / left_over)::float8) END)
        OVER (PARTITION BY category_id, area_id ORDER BY days) AS log_share
    FROM at_risk
), spread AS (
    SELECT category_id, area_id, sum(ended) AS ended,
        min(days) FILTER (WHERE log_share <= ln(0.75) + 1e-9) AS quick,
        min(days) FILTER (WHERE log_share <= ln(0.5) + 1e-9) AS median,
        min(days) FILTER (WHERE log_share <= ln(0.25) + 1e-9) AS slow
    FROM open_still GROUP BY category_id, area_id
)
INSERT INTO citizens_usual (category_id, area_id, count, quick, median, slow, reckoned_at)
SELECT category_id, area_id, ended, quick, median, slow, %(now)s FROM spread
WHERE ended >= %(least)s AND slow IS NOT NULL
"""


def reckon_usual(who: Who) -> int:
    """Reckon anew how long it takes to close something, by category and area; of how many pairs that is known.

    From what was said in the last year, with what is still open as "longer than until now" (Kaplan-Meier); a pair with
    fewer than ten ends, or with more than a quarter still open, is left out. Lock: the table, so that two take turns.
    """
    if not rights.may_reckon(who):
        raise Refusal("need.not-yours", _("Das dürfen Sie hier nicht."), status=403)
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE citizens_usual IN EXCLUSIVE MODE")
        Usual.objects.all().delete()
        cursor.execute(_RECKON, {"now": now, "since": now - REACH, "least": rules.LEAST_CLOSED})
        return int(cursor.rowcount)
