"""Questions: their written form, kinds, scores, variants and answers.

Everything here is pure: no file, no network, no database.  Whoever reads files hands their content in.

``spec``
    the ``%%question`` block: parse, resolve, publish, find problems
``check_spec``
    the ``%%check`` block of the optional Python track
``kinds``
    one module per kind of question; the registry is in its ``__init__``
``scoring``
    ``score_answer``: question + answer + variant → ``Score``
``variants``
    which items a variant shows
``answers``
    the file in which one answer is kept
``numbers``
    numbers as they are written in Vietnam
``plain_values``
    what a learner's function returned, as plain JSON
"""
