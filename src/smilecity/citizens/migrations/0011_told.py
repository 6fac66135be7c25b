# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models

# Decisions made until now are taken to have made their links; what says no place belongs to the node's municipality.
OLD_DECISIONS = "UPDATE citizens_needstep SET linked = true WHERE decision = 'accepted'"
OLD_NEEDS = """
UPDATE core_noun SET area_id = home.id FROM (
    SELECT coalesce(
        (
            SELECT noun.area_id FROM people_organisation AS one JOIN core_noun AS noun ON noun.id = one.noun_id
            WHERE one.kind = 'municipality' AND one.parent_id IS NULL AND noun.area_id IS NOT NULL
            ORDER BY one.noun_id LIMIT 1
        ),
        (SELECT min(noun_id) FROM space_area WHERE parent_id IS NULL HAVING count(*) = 1)
    ) AS id
) AS home
WHERE core_noun.kind = 'need' AND core_noun.area_id IS NULL AND home.id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0010_pulse"),
        ("core", "0004_newest_first"),
        ("people", "0002_organisations_and_roles"),
        ("space", "0002_valid_areas"),
    ]

    operations = [
        migrations.AddField(
            model_name="needstep",
            name="linked",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="need", name="receipt", field=models.TextField(db_default="", default="")
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(receipt__in=["", "owed", "sent"]), name="need_receipt_known"
            ),
        ),
        migrations.AddIndex(
            model_name="need",
            index=models.Index(fields=["noun"], name="need_receipt_owed", condition=models.Q(receipt="owed")),
        ),
        migrations.AddField(
            model_name="moderated", name="appeal", field=models.TextField(db_default="", default="")
        ),
        migrations.AddField(
            model_name="moderated", name="appealed_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="moderated", name="outcome", field=models.TextField(db_default="", default="")
        ),
        migrations.AddConstraint(
            model_name="moderated",
            constraint=models.CheckConstraint(
                condition=models.Q(outcome__in=["", "open", "upheld", "refused"]),
                name="moderated_outcome_known",
            ),
        ),
        migrations.AddIndex(
            model_name="moderated",
            index=models.Index(
                fields=["need", "id"], name="moderated_need", condition=models.Q(comment__isnull=True)
            ),
        ),
        migrations.AddIndex(
            model_name="moderated",
            index=models.Index(fields=["id"], name="moderated_appeal", condition=models.Q(outcome="open")),
        ),
        migrations.RunSQL(OLD_DECISIONS, migrations.RunSQL.noop),
        migrations.RunSQL(OLD_NEEDS, migrations.RunSQL.noop),
    ]
