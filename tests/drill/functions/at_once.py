"""A function for Lambda Managed Instances with AWS_LAMBDA_MAX_CONCURRENCY threads, each with its own GET next.

The event says what a thread does: "echo"; {"meet": N}: wait for N - 1 others that do the same; {"hang": SECONDS};
"variables"; "exit"; "error"; "twice"; "wrong id"; "fill": use more memory than allowed.
AT_ONCE_WORKERS: the number of threads, instead of the variable's. AT_ONCE_EXTENSION: first try to register as an extension
that wants INVOKE. Each refused answer is printed as `SAW STATUS BODY`. Imports as little as possible.
"""

import http.client
import json
import os
import threading
import time

NEXT = "/2018-06-01/runtime/invocation/"
met = {}
lock = threading.Lock()


def say(*words):
    """Prints a whole line at once: print writes in pieces, and threads would mix them."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def meet(count):
    with lock:
        barrier = met.setdefault(count, threading.Barrier(count))
    barrier.wait(20)


def run(told, worker):
    if isinstance(told, dict) and "meet" in told:
        meet(told["meet"])
    elif isinstance(told, dict) and "hang" in told:
        say("BEGAN hang")
        time.sleep(told["hang"])
    elif told == "variables":
        return dict(os.environ)
    elif told == "exit":
        os._exit(3)
    elif told == "fill":
        held = []
        while True:
            held.append(b"x" * (1 << 20))
    return {"told": told, "worker": worker}


def work(worker):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def post(request_id, what, body):
        api.request("POST", f"{NEXT}{request_id}/{what}", json.dumps(body).encode())
        response = api.getresponse()
        data = response.read().decode().strip()
        if response.status != 202:
            say("SAW", response.status, data)

    while True:
        api.request("GET", f"{NEXT}next")
        response = api.getresponse()
        told = json.loads(response.read())
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
        if told == "error":
            post(request_id, "error", {"errorType": "Told.Wrong", "errorMessage": "it went wrong"})
            continue
        answer = run(told, worker)
        post("0" * 8 if told == "wrong id" else request_id, "response", answer)
        for _ in range(told in ("twice", "wrong id")):
            post(request_id, "response", answer)


def register(events):
    """Registers as an internal extension."""
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    headers = {"Lambda-Extension-Name": "told"}
    api.request("POST", "/2020-01-01/extension/register", json.dumps({"events": events}), headers)
    response = api.getresponse()
    say("SAW", response.status, response.read().decode().strip())


def main():
    if "AT_ONCE_EXTENSION" in os.environ:
        register(["INVOKE"])
    count = int(os.environ.get("AT_ONCE_WORKERS") or os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY") or 1)
    for worker in range(1, count):
        threading.Thread(target=work, args=(worker,), daemon=True).start()
    work(0)


main()
