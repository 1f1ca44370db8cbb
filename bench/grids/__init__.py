"""Tables in documents that are no disclosure reports: drawn, found, and compared.

``python -m bench.grids`` draws a hundred documents, has gouji, pdfplumber and camelot find their
tables, and prints precision, recall and F1 of neighbouring-cell relations, seconds a page and
peak memory. Seeds below 1,000,000 are for tuning; reports start at 1,000,000.
"""
