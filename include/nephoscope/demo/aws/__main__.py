"""`python -m nephoscope.demo.aws` runs the stand-in."""

import sys

from nephoscope.demo.aws.serving import main

sys.exit(main())
