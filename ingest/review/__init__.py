"""The page on which people decide what the program would not: a local web application on the store.

``app`` puts it together, ``guard`` lets in, ``dossier`` looks a document up, ``view`` says what is
shown of it; modules named ``on_…`` answer requests. Imported only by the command that starts it.
"""
