# SPDX-License-Identifier: EUPL-1.2
"""That a date has its offer is seen to once a statement: a foreign key's look at each row took half of writing a year."""

import django.db.models.deletion
from django.db import migrations, models

# What a foreign key does, for all rows of a statement: a new date needs its offer, which cannot go in the meantime; a
# date stays with its offer, and an offer goes after its dates.
CHECKS = """
CREATE FUNCTION public.places_dates_have_offers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM public.places_offer WHERE noun_id IN (SELECT offer_id FROM added) FOR KEY SHARE;
    IF EXISTS (SELECT FROM added a WHERE NOT EXISTS (SELECT FROM public.places_offer o WHERE o.noun_id = a.offer_id)) THEN
        RAISE EXCEPTION 'a date needs its offer' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.places_offers_have_no_dates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone JOIN public.places_occasion d ON d.offer_id = gone.noun_id) THEN
        RAISE EXCEPTION 'an offer goes after its dates' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.places_date_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a date stays with its offer' USING ERRCODE = 'foreign_key_violation';
END $$;

CREATE TRIGGER dates_have_offers AFTER INSERT ON places_occasion
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.places_dates_have_offers();
CREATE TRIGGER offers_have_no_dates AFTER DELETE ON places_offer
REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.places_offers_have_no_dates();
CREATE TRIGGER date_stays BEFORE UPDATE OF offer_id ON places_occasion FOR EACH ROW
WHEN (OLD.offer_id IS DISTINCT FROM NEW.offer_id) EXECUTE FUNCTION public.places_date_stays();
"""
GONE = """
DROP TRIGGER date_stays ON places_occasion;
DROP TRIGGER offers_have_no_dates ON places_offer;
DROP TRIGGER dates_have_offers ON places_occasion;
DROP FUNCTION public.places_date_stays();
DROP FUNCTION public.places_offers_have_no_dates();
DROP FUNCTION public.places_dates_have_offers();
"""


class Migration(migrations.Migration):
    dependencies = (("places", "0012_trees"),)

    operations = (
        migrations.AlterField(
            "occasion",
            "offer",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="occasions",
                to="places.offer",
            ),
        ),
        migrations.RunSQL(CHECKS, GONE),
    )
