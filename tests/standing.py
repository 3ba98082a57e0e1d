"""Asks a stand-in something about itself."""

import json
import urllib.request


def tell(url, method, path, content=None):
    """Send a command, such as ``POST clock {"now": …}``, and return the answer."""
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(f"{url}/_standin/{path}", body, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
