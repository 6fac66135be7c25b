# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations

# Nouns that hold a word much like this one, most alike first. A function, because the operator that an index
# can answer takes how alike from a setting: here it is fixed, whatever the session says. The titles come
# first in `plain`, and what nobody may see is taken out by whoever asks.
WORDS_ALIKE = """
CREATE FUNCTION public.core_words_alike(word text, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE SET pg_trgm.word_similarity_threshold = 0.45 AS $$
    SELECT id FROM public.core_noun WHERE word OPERATOR(public.<%) plain
    ORDER BY public.word_similarity(word, plain) DESC, id LIMIT most
$$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_found_and_kept")]

    operations = [
        migrations.RunSQL(WORDS_ALIKE, "DROP FUNCTION public.core_words_alike(text, integer)"),
    ]
