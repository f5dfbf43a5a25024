"""Lambda's Runtime API, as the functions of this folder speak it."""

import http.client
import json
import os


class RuntimeApi:
    def __init__(self):
        self.connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(self, method, path, body=None, headers=None):
        self.connection.request(method, f"/2018-06-01/runtime/{path}", body, headers or {})
        answer = self.connection.getresponse()
        answer.read()
        return answer

    def next(self):
        """Returns the next event's request id."""
        return self.call("GET", "invocation/next").headers["Lambda-Runtime-Aws-Request-Id"]

    def respond(self, request_id, answer):
        self.call("POST", f"invocation/{request_id}/response", json.dumps(answer))

    def fail(self, request_id, error):
        failure = {"errorMessage": str(error)[:500], "errorType": type(error).__name__, "stackTrace": []}
        self.call("POST", f"invocation/{request_id}/error", json.dumps(failure))


def serve(answer):
    """Answers each event with what the function returns."""
    api = RuntimeApi()
    while True:
        request_id = api.next()
        api.respond(request_id, answer())
