"""A function for platforms whose functions are servers, or read lines: service.py FAULT. It finds its address in its
variables, inserts a document and deletes it. FAULT is "none", or differs from that in one way.
"""

import http.server
import json
import os
import signal
import socketserver
import sys
import threading
import time

FAULT = sys.argv[1]
FAULTS = (
    "none",
    "exits",  # before it listens
    "silent",  # never listens
    "fails",  # answers with its error
    "dies",  # in the middle of a request
    "hangs",  # never answers
    "wrong_status",  # 418
    "no_object",  # answers with a list
    "not_ready",  # {"ok": false}
    "hides",  # K_SERVICE and the like from the driver
    "eats",  # memory
    "gate",  # after its first, answers four at once or none
    "first_hangs",  # and the next does not
    "spins",  # always, and answers with its CPU time and the longest time without any
)
assert FAULT in FAULTS
PLATFORM_VARIABLES = ("K_SERVICE", "FUNCTIONS_WORKER_RUNTIME")
longest = 0.0
asked = 0
gate = threading.Barrier(4)


def make_client():
    import pymongo

    if FAULT == "hides":
        for name in PLATFORM_VARIABLES:
            os.environ.pop(name, None)
    return pymongo.MongoClient(os.environ["MONGODB_URI"])


def spin():
    global longest
    last = time.monotonic()
    while True:
        now = time.monotonic()
        longest = max(longest, now - last)
        last = now


def use(collection):
    identity = collection.insert_one({"hello": "world"}).inserted_id
    collection.delete_one({"_id": identity})


def answer(collection, event):
    """Returns status and body."""
    global asked
    asked += 1
    if FAULT == "dies":
        os._exit(3)
    if FAULT == "hangs":
        time.sleep(3600)
    if FAULT == "eats":
        hoard = [bytes(10_000_000).replace(b"\0", b"x") for _ in range(1000)]
        time.sleep(len(hoard))
    if FAULT == "gate" and asked > 1:
        gate.wait(10)
    if FAULT == "first_hangs" and asked == 1:
        time.sleep(1.5)
    use(collection)
    if FAULT == "fails":
        return 500, {"error": {"type": "Shop.Closed", "message": "the shop is closed"}}
    if FAULT == "wrong_status":
        return 418, {"error": "a teapot"}
    if FAULT == "no_object":
        return 200, [1, 2]
    return 200, {"done": True, "asked": asked, "cpu": time.process_time(), "longest": longest, "event": event}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        event = {"path": self.path, "body": json.loads(body)}
        status, said = answer(self.server.collection, event)
        if "FUNCTIONS_CUSTOMHANDLER_PORT" in os.environ and status == 200:
            said = {
                "Outputs": {"res": {"statusCode": 200, "body": json.dumps(said)}},
                "Logs": ["one"],
                "ReturnValue": None,
            }
        elif "FN_LISTENER" in os.environ and status == 500:
            status = 502
        self.reply(status, json.dumps(said).encode())

    def do_GET(self):
        """Azure's host checks readiness with a GET; --request may send one, too."""
        if self.path == "/items":
            use(self.server.collection)
        self.reply(200, json.dumps({"path": self.path}).encode())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "-"


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def listen():
    fn = os.environ.get("FN_LISTENER")
    if fn is None:
        port = os.environ.get("PORT") or os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"]
        return http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    path = fn.removeprefix("unix:")
    server = UnixServer(path + ".made", Handler)
    os.chmod(path + ".made", 0o666)
    os.symlink(os.path.basename(path) + ".made", path)
    return server


def serve_lines(collection):
    out = os.fdopen(3, "w")
    print(json.dumps({"ok": FAULT != "not_ready"}), file=out, flush=True)
    for line in sys.stdin:
        _, said = answer(collection, json.loads(line))
        print(json.dumps(said), file=out, flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: (print("stopped in order", flush=True), os._exit(0)))
    if FAULT == "exits":
        sys.exit("cannot read the configuration")
    if FAULT == "silent":
        time.sleep(3600)
    collection = make_client().shop.orders
    if FAULT == "spins":
        threading.Thread(target=spin, daemon=True).start()
    if "__OW_ACTION_NAME" in os.environ:
        serve_lines(collection)
    server = listen()
    server.collection = collection
    server.serve_forever()


main()
