"""What is kept: documents, what was read of them, and what people decided.

``model`` and ``project`` import nothing heavy, so that workers may use them; everything else needs
a database's library, and is imported by those who use it.
"""
