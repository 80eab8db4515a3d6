"""`python -m gigagate.emulator`."""

import sys

from gigagate.emulator.command import main

sys.exit(main())
