/* How the provider openwhisk reads stdin and writes descriptor 3.
 * - The same lines result however the bytes are cut; exactly the lines beyond the limit are refused.
 * - An activation's value lies within its line and is JSON; its texts are on one line, within their limits.
 * - An echoed value is one JSON object on one line, without an error that is null.
 *
 * The first byte chooses the limit, the second one the pieces. */
#include "fuzz_target.h"

#include "activation.h"
#include "json_members.h"
#include "line_source.h"
#include "result.h"
#include "utf8.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* So that all of them fit into a socket that nobody reads. */
enum { INPUT_MAX = 8192, PIECES_MAX = 64 };

static bool
never_stops(void *context)
{
   (void)context;
   return false;
}

static int
no_descriptor(void *context)
{
   (void)context;
   return -1;
}

/* Each read returns one piece, as from a proxy that writes a line in pieces. */
static int
send_in_pieces(const uint8_t *data, size_t size, size_t piece)
{
   int ends[2];

   require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0, "a pair of sockets");
   for (size_t at = 0; at < size;) {
      size_t length = size - at < piece ? size - at : piece;
      require(send(ends[0], data + at, length, MSG_DONTWAIT) == (ssize_t)length, "room in a socket");
      at += length;
   }
   close(ends[0]);
   return ends[1];
}

static void
require_one_line(const char *text, size_t cap)
{
   size_t length = strlen(text);

   require(length <= cap, "a text within its cap");
   require(utf8_valid(text, length) == length, "UTF-8");
   require(strpbrk(text, "\r\n") == NULL, "one line");
}

/* Members "error": null of an object. */
static size_t
null_errors(const char *bytes, size_t length)
{
   struct json_members members;
   struct json_member member;
   size_t count = 0;

   if (json_members_init(&members, bytes, length)) {
      while (json_members_next(&members, &member)) {
         count += json_member_is(&member, "error") && *member.value == 'n';
      }
   }
   return count;
}

static void
check_echo(const char *payload, size_t length)
{
   int descriptor = memfd_create("answer", MFD_CLOEXEC);
   const struct result_channel channel = {.descriptor = descriptor, .max_bytes = 4 * INPUT_MAX};
   char answer[5 * INPUT_MAX];
   struct json_members members;
   size_t before = null_errors(payload, length);

   require(descriptor >= 0, "a file in memory");
   require(result_good(&channel, payload, length, NULL) == FAAS_OK, "an answer");

   ssize_t got = pread(descriptor, answer, sizeof answer, 0);

   require(got > 1 && memchr(answer, '\n', (size_t)got) == answer + got - 1, "an answer of one line");
   require(json_members_check(answer, (size_t)got, NULL) && json_members_init(&members, answer, (size_t)got),
           "an answer that is a JSON object");
   require(null_errors(answer, (size_t)got) == (before > 0 ? before - 1 : 0), "one error that is null cut out");
   close(descriptor);
}

static void
check_activation(const char *bytes, size_t length)
{
   char *line = copy_of(bytes, length);
   struct activation activation;
   struct faas_error error = {.type = ""};

   if (activation_read(&activation, line, length, &error)) {
      const char *payload = activation.payload;

      require((payload >= line && payload + activation.payload_length <= line + length) || strcmp(payload, "{}") == 0,
              "a value that lies in the line, or {}");
      require(json_members_check(payload, activation.payload_length, NULL), "a value of JSON");
      require_one_line(activation.id, ACTIVATION_ID_MAX);
      require(activation.deadline_unix_ms > 0, "a deadline after 1970, or none");
      require(!activation.deadline_unread || activation.deadline_unix_ms == FAAS_NO_DEADLINE, "a deadline or none");
      require(activation.attribute_count <= ACTIVATION_ATTRIBUTES_MAX, "a few attributes");
      for (size_t i = 0; i < activation.attribute_count; i++) {
         require(strcmp(activation.attributes[i].name, "api_key") != 0, "no key among them");
         require_one_line(activation.attributes[i].value, ACTIVATION_TEXT_MAX);
      }
      check_echo(payload, activation.payload_length);
   } else {
      require(strcmp(error.type, "Event.Malformed") == 0 || strcmp(error.type, "Event.TooDeep") == 0, "a known error");
      require_one_line(error.message, sizeof error.message - 1);
   }
   free(line);
}

/* The next line is the input's, or is refused for its length. */
static void
check_line(struct line_source *source, const uint8_t *expected, size_t length, size_t max)
{
   struct provider_bytes line = {0};
   struct faas_error error = {.type = ""};
   enum faas_result result = line_source_next(source, &line, &error);

   if (length > max) {
      require(result == FAAS_REJECTED && strcmp(error.type, "Event.TooLarge") == 0, "a line that is refused");
      return;
   }
   require(result == FAAS_OK, "a line");
   require(line.length == length && (length == 0 || memcmp(line.bytes, expected, length) == 0), "the input's line");
   check_activation(line.bytes, line.length);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   const struct faas_host host = {.size = sizeof host, .stop_requested = never_stops, .stop_descriptor = no_descriptor};

   if (size < 2 || size > INPUT_MAX) {
      return 0;
   }
   size_t max = data[0] < 128 ? data[0] + 1U : INPUT_MAX;
   size_t piece = data[1] + 1U;

   data += 2, size -= 2;
   piece = piece < size / PIECES_MAX + 1 ? size / PIECES_MAX + 1 : piece;

   int descriptor = send_in_pieces(data, size, piece);
   struct line_source *source = line_source_new(descriptor, max, &host);
   struct provider_bytes line;

   require(source != NULL, "memory");
   for (size_t at = 0; at < size;) {
      const uint8_t *end = memchr(data + at, '\n', size - at);
      size_t length = end != NULL ? (size_t)(end - (data + at)) : size - at;

      check_line(source, data + at, length, max);
      at += length + 1;
   }
   require(line_source_next(source, &line, NULL) == FAAS_END, "an end");
   line_source_destroy(source);
   close(descriptor);
   return 0;
}
