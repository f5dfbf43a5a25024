/*
 * raw: the lower limit. An echo function that talks to the Runtime API with send and recv alone, and checks no more
 * than it must.
 */
#include "../http_bytes.h"

#define BYTES_MAX (8u << 20)
#define HEAD_MAX 512

int
main(void)
{
   static char bytes[BYTES_MAX];
   char next[HEAD_MAX];
   char head[HEAD_MAX];
   const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
   int descriptor = connect_to(api);
   int next_length =
      snprintf(next, sizeof next, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %.64s\r\n\r\n", api);
   for (;;) {
      if (!send_all(descriptor, next, (size_t)next_length, NULL, 0)) {
         fail("send: %s", strerror(errno));
      }
      size_t event_length;
      const char *event = receive_answer(descriptor, bytes, sizeof bytes, &event_length);
      if (event == NULL) {
         return 0;
      }
      const char *id = header(bytes, "Lambda-Runtime-Aws-Request-Id");
      if (id == NULL) {
         fail("expected a request id");
      }
      int length = snprintf(head,
                            sizeof head,
                            "POST /2018-06-01/runtime/invocation/%.*s/response HTTP/1.1\r\nHost: %.64s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                            (int)strcspn(id, "\r\n"),
                            id,
                            api,
                            event_length);
      if (length < 0 || (size_t)length >= sizeof head ||
          !send_all(descriptor, head, (size_t)length, event, event_length)) {
         fail("send: %s", strerror(errno));
      }
      size_t rest;
      (void)receive_answer(descriptor, bytes, sizeof bytes, &rest);
   }
}
