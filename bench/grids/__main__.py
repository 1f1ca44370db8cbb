"""``python -m bench.grids``."""

from bench.grids.run import main

main()
