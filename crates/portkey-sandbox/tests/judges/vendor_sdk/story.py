"""The life of everything that the vendor's SDK administers: made, read, listed, changed, deleted, gone."""

import keys
import mcp_servers
import people
import prompts
import records
import rules
from sandbox import COVERAGE

for lives in (people, keys, prompts, rules, records, mcp_servers):
    for life in lives.LIVES:
        life()
        print(f"{lives.__name__}.{life.__name__}: well")
COVERAGE.check()
print("everything was exercised")
