"""`python -m nephoscope.cli`."""

from nephoscope.cli import main

main()
