"""A function with internal extensions. EXTENDED (JSON) says what it does; it answers each event with what it saw.

calls: calls before it asks for its first event, each [METHOD, PATH, HEADERS, BODY]; $NAME stands for the identifier of
extension NAME. The event "calls" is answered with [status, headers, body] of each; an event {"call": …} makes one more.
loops: names of the extensions that ask for events in their own threads, and print them as "TOLD NAME EVENT".
pause: seconds that such a thread takes for an event; unready: seconds before it asks for its first one.
term: what SIGTERM does: "exit" prints and ends, "ignore" prints and goes on. Without it the signal ends the process.
then: "exit" or "hang" instead of asking for the first event.
"""

import http.client
import json
import os
import signal
import sys
import threading
import time

RUNTIME = "/2018-06-01/runtime/invocation/"
EXTENSION = "/2020-01-01/extension/"
told = json.loads(os.environ["EXTENDED"])
identifiers = {}


def connect():
    return http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])


def call(connection, method, path, headers=None, body=None):
    filled = {name: identifiers.get(value, value) for name, value in (headers or {}).items()}
    connection.request(method, path if path.startswith("/") else EXTENSION + path, body, filled)
    response = connection.getresponse()
    data = response.read().decode()
    identifier = response.headers["Lambda-Extension-Identifier"]
    if identifier:
        identifiers["$" + filled["Lambda-Extension-Name"]] = identifier
    for name, known in identifiers.items():
        data = data.replace(known, name)
    return [response.status, sorted(name for name in response.headers if name.startswith("Lambda-")), data]


def loop(name):
    connection = connect()
    time.sleep(told.get("unready", 0))
    while True:
        status, headers, data = call(connection, "GET", "event/next", {"Lambda-Extension-Identifier": "$" + name})
        print("TOLD", name, status, " ".join(headers), data, flush=True)
        time.sleep(told.get("pause", 0))


def on_term(*_):
    print("SIGTERM", flush=True)
    if told["term"] == "exit":
        time.sleep(0.1)
        print("ENDED BY ITSELF", flush=True)
        os._exit(0)


if "term" in told:
    signal.signal(signal.SIGTERM, on_term)
api = connect()
seen = [call(api, *one) for one in told.get("calls", [])]
# Python runs signal handlers in the main thread, so the signal must wake that one.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
for name in told.get("loops", []):
    threading.Thread(target=loop, args=(name,), daemon=True).start()
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
if told.get("then") == "exit":
    sys.exit(5)
while told.get("then") == "hang":
    time.sleep(600)
while True:
    api.request("GET", RUNTIME + "next")
    response = api.getresponse()
    event = json.loads(response.read())
    request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
    answer = event
    if event == "calls":
        answer = seen
    elif event == "hang":
        while True:
            time.sleep(600)
    elif isinstance(event, dict) and "call" in event:
        answer = call(connect(), *event["call"])
    api.request("POST", f"{RUNTIME}{request_id}/response", json.dumps(answer))
    api.getresponse().read()
