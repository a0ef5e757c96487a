"""The curriculum: reads ``curriculum/`` into records and checks what its authors wrote.

``source``
    the records that reading gives
``files``
    files of a module, and of nothing beside it
``tables``
    module.toml, curriculum.toml and legal-facts.toml as typed tables
``notebooks``
    one .ipynb → its cells
``reader``
    ``read_module``, ``read_curriculum``
``samples``
    the author's sample answers
``checks``
    ``check_curriculum``: every rule for content, each a small function
"""
