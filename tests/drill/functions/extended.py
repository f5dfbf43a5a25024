"""A function with internal extensions, which does what EXTENDED says (JSON), and answers each event with what it saw.

calls: what it calls before it asks for its first event, [METHOD, PATH, HEADERS, BODY] each; an identifier that was given to
the extension NAME stands as $NAME. Answered with ["status", headers, body] each by an event "calls"; an event {"call": …}
is one call more.
loops: names of the extensions that ask for events in threads of their own, and print them as "TOLD NAME EVENT".
pause: seconds such a thread takes for an event; unready: seconds before it asks for its first one.
term: what SIGTERM does: "exit" prints and ends, "ignore" prints and goes on. Without it the signal ends the process.
then: "exit" or "hang" in place of the first event that is asked for.
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
# Python runs its handlers in the main thread, which has to be the one that the signal wakes.
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
