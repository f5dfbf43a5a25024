"""A function that does what its event says, right or wrong: "echo", or {"do": "echo", ...}. TOLD_INIT says how it starts.

Each answer of the Runtime API is printed as `SAW METHOD PATH STATUS BODY`, with ID in place of the request's id. Imports as
little as possible, because it must run with nothing but an interpreter.
"""

import http.client
import json
import os
import signal
import sys
import threading
import time

BASE = "/2018-06-01/runtime/"
FAILURE = b'{"errorMessage":"it went wrong","errorType":"Told.Wrong","stackTrace":[]}'
TYPE = {"Lambda-Runtime-Function-Error-Type": "Told.Header"}
INVOCATION_ID = "Lambda-Runtime-Invocation-Id"
MODE = "Lambda-Runtime-Function-Response-Mode"
ANSWER_MAX = 6 * 1024 * 1024 + 100

api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
request_id = "none"
invocation_ids = []  # of all events so far


def call(method, path, body=None, headers=None, shown=True, base=BASE):
    api.request(method, base + path, body, headers or {})
    response, data = read()
    if shown:
        show(method, path, response, data)
    return response, data


def read():
    response = api.getresponse()
    return response, response.read()


def show(method, path, response, data):
    text = data[:300].decode(errors="replace").strip().replace(request_id, "ID")
    print("SAW", method, path.replace(request_id, "ID"), response.status, text, flush=True)


def respond(body, headers=None):
    data = json.dumps(body).encode() if not isinstance(body, bytes) else body
    call("POST", f"invocation/{request_id}/response", data, headers)


def fail(body=FAILURE, headers=TYPE):
    call("POST", f"invocation/{request_id}/error", body, headers)


def stream(parts, mode, trailers, breaks_off, pause):
    """A response in chunks, followed by trailers, unless it breaks off before."""
    api.putrequest("POST", f"{BASE}invocation/{request_id}/response")
    for name, value in {MODE: mode, "Transfer-Encoding": "chunked", "Trailer": ", ".join(trailers)}.items():
        if value:
            api.putheader(name, value)
    api.endheaders()
    for part in parts:
        time.sleep(pause)
        api.send(b"%x\r\n%s\r\n" % (len(part), part.encode()))
    if breaks_off:
        api.close()
        return
    api.send("".join(["0\r\n", *(f"{name}: {value}\r\n" for name, value in trailers.items()), "\r\n"]).encode())
    show("POST", f"invocation/{request_id}/response", *read())


def half_a_request():
    connection = http.client.HTTPConnection(api.host, api.port)
    connection.connect()
    connection.send(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n")
    return connection


def eat_memory():
    eaten = []
    while True:
        eaten.append(b"x" * (4 << 20))
        time.sleep(0.005)


def eat_memory_when_told():
    """Allocates memory once a file "eat" exists beside the bootstrap."""
    while not os.path.exists(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "eat")):
        time.sleep(0.01)
    eat_memory()


def outlive():
    """Starts a child that ignores the signals of a terminal or service manager."""
    child = os.fork()
    if child == 0:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        while True:
            time.sleep(1)
    return child


def leave(then):
    """Starts a daemon, which leaves the function's process group and its parents, and never ends."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() > 0:
            os._exit(0)
        os.write(tell, b"%d" % os.getpid())
        {"spin": spin, "eat memory": eat_memory_when_told}[then]()
    os.waitpid(child, 0)
    return int(os.read(told, 20))


def spin():
    while True:
        pass


def do(what, told, response, data):
    if what == "environment":
        respond(dict(os.environ) | {"folder": os.getcwd(), "stdin": os.read(0, 10).decode()})
    elif what == "headers":
        respond(dict(response.headers) | {"now": time.time() * 1000})
    elif what == "twice":
        respond("one")
        respond("two")
    elif what == "error again":
        respond("one")
        fail()
    elif what == "wrong id":
        call("POST", "invocation/00000000-0000-4000-8000-000000000000/response", b'"wrong"')
        respond("right")
    elif what == "next first":
        call("GET", "invocation/next")
        respond("right")
    elif what == "next, then":
        call("GET", "invocation/next", shown=False)
        do(told["then"], {"status": 4}, response, data)
    elif what == "late init error":
        call("POST", "init/error", FAILURE, TYPE)
        respond("right")
    elif what == "wrong calls":
        call("GET", "nonsense")
        call("POST", "invocation/next")
        call("GET", f"invocation/{request_id}/response")
        respond("right")
    elif what == "absolute form":
        call("POST", f"http://{api.host}:{api.port}{BASE}invocation/{request_id}/response", data, base="")
    elif what == "invocation id":
        for sent in told["send"]:  # -1: this event's, 0: the first event's, or a text
            own = {INVOCATION_ID: invocation_ids[sent] if isinstance(sent, int) else sent}
            respond(sent, own) if told["by"] == "response" else fail(headers=TYPE | own)
    elif what == "stream":
        stream(
            told["parts"],
            told.get("mode", "streaming"),
            told.get("trailers", {}),
            told.get("breaks off"),
            told.get("pause", 0),
        )
    elif what == "half open":
        api.close()
        told["open"] = [half_a_request() for _ in range(told["times"])]
        respond("open")
    elif what == "break off":
        api.putrequest("POST", f"{BASE}invocation/{request_id}/response")
        api.putheader("Content-Length", "1000")
        api.endheaders(b"only so much")
        api.close()
        respond("right")
    elif what == "most":
        respond(b'"' + b"x" * (ANSWER_MAX - 2) + b'"')
    elif what == "too large":
        respond(b'"' + b"x" * (ANSWER_MAX - 1) + b'"')
        fail()
    elif what == "error":
        fail()
    elif what == "error without type":
        fail(headers={})
    elif what == "error no JSON":
        fail(b"no JSON")
    elif what == "exit":
        sys.exit(told["status"])
    elif what == "signal":
        os.kill(os.getpid(), told["number"])
        time.sleep(60)
    elif what == "exit after":
        respond("done")
        os._exit(3)  # at once: the host waits a second for what follows an answer
    elif what == "hang":
        time.sleep(600)
    elif what == "eat memory":
        eat_memory()
    elif what == "log":
        print(told["text"] * told["times"], flush=True)
        respond("done")
    elif what == "outlive":
        respond(outlive())
    elif what == "leave":
        respond(leave(told.get("then", "spin")))
    elif what == "spin":
        threading.Thread(target=spin, daemon=True).start()
        respond("spinning")
    elif what == "work after":
        respond("done")
        time.sleep(told["seconds"])
    else:
        respond(data)


def begin(how):
    if how == "error":
        call("POST", "init/error", FAILURE, TYPE)
        sys.exit(1)
    if how == "exit":
        sys.exit(7)
    if how == "wrong call":
        call("GET", "nonsense")
        sys.exit(7)
    if how == "hang":
        time.sleep(600)
    if how and how.startswith("sleep "):
        time.sleep(float(how.split()[1]))
    if how == "eat memory":
        eat_memory()
    marker = "/tmp/began"  # found by the next process
    if how == "error once" and not os.path.exists(marker):
        open(marker, "w").close()
        call("POST", "init/error", FAILURE, TYPE)
        sys.exit(1)


begin(os.environ.get("TOLD_INIT"))
while True:
    response, data = call("GET", "invocation/next", shown=False)
    request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
    invocation_ids.append(response.headers[INVOCATION_ID])
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        told = "echo"
    told = told if isinstance(told, dict) else {"do": told}
    do(told.get("do", "echo"), told, response, data)
