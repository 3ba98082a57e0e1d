"""`python -m nephoscope.demo.aws` runs the stand-in."""

import sys

from nephoscope.demo.aws.stand_in import main

sys.exit(main())
