"""Clients that go wrong themselves: one that dies at a request, one that is slow and watched."""

import threading
import time


class Killed(BaseException):
    """The process of a load is gone, as far as one process can play that."""


def dying(client, requests, *, sent):
    """Let a client die at a request, with it or before it was sent; it never asks anything more."""
    ask, lock = client.transport.perform_request, threading.Lock()
    left = requests

    def perform_request(*arguments, **named):
        nonlocal left
        with lock:
            left -= 1
            now = left
        if now == 0 and sent:
            ask(*arguments, **named)
        if now <= 0:
            raise Killed
        return ask(*arguments, **named)

    client.transport.perform_request = perform_request
    return client


def slow(client, draw, conflicts):
    """Let a client wait a random moment before each request.

    Statuses of conditional writes that another writer was before go to ``conflicts``.
    """
    ask = client.transport.perform_request

    def perform_request(*arguments, **named):
        time.sleep(draw.random() / 100)
        answer = ask(*arguments, **named)
        items = answer.body.get("items", ()) if isinstance(answer.body, dict) else ()
        writes = (item["index"]["status"] for item in items if "index" in item)
        conflicts.extend(status for status in writes if status == 409)
        return answer

    client.transport.perform_request = perform_request
    return client
