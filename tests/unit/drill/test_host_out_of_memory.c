/* The Lambda host when out of memory. Its own allocations and responses are redirected (--wrap); libmicrohttpd's and
 * cJSON's allocations are not. */
#include "clock.h"
#include "runtime_api.h"
#include "runtime_request.h"
#include "shell_function.h"
#include "violations.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BASE "/2018-06-01/runtime/"
#define ID "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
#define NEVER SIZE_MAX

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
struct MHD_Response *
__real_MHD_create_response_from_buffer(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode);
struct MHD_Response *
__wrap_MHD_create_response_from_buffer(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode);

static atomic_size_t refused_from = NEVER; /* bytes */
static atomic_int strdups_refused;
static atomic_int responses_refused;

static bool
is_refused(atomic_int *left)
{
   if (atomic_load(left) == 0) {
      return false;
   }
   atomic_fetch_sub(left, 1);
   return true;
}

void *
__wrap_realloc(void *memory, size_t size)
{
   return size >= atomic_load(&refused_from) ? NULL : __real_realloc(memory, size);
}

char *
__wrap_strdup(const char *text)
{
   return is_refused(&strdups_refused) ? NULL : __real_strdup(text);
}

struct MHD_Response *
__wrap_MHD_create_response_from_buffer(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode)
{
   return is_refused(&responses_refused) ? NULL : __real_MHD_create_response_from_buffer(size, buffer, mode);
}

/* --- one request's body ------------------------------------------------------------------------------------------- */

TEST(only_what_is_kept_counts)
{
   struct runtime_request *request = runtime_request_new("POST", BASE "init/error");
   char *bytes = calloc(1, 5000);
   assert_non_null(request);
   assert_non_null(bytes);
   runtime_request_add(request, "{\"a\":", 5, 10000);
   refused_from = 1000;
   runtime_request_add(request, bytes, 5000, 10000);
   refused_from = NEVER;
   runtime_request_add(request, "1}", 2, 10000);
   assert_true(request->no_memory);
   assert_int_equal(request->length, 5);
   assert_string_equal(request->body, "{\"a\":");
   runtime_request_destroy(request);
   free(bytes);
}

/* --- the Runtime API ---------------------------------------------------------------------------------------------- */

static struct {
   struct violations *violations;
   int wake;
   struct runtime_api *api;
   int client;
} server;

BEFORE_EACH(start_server)
{
   struct drill_error error;
   server.violations = violations_new();
   server.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   static const struct function_config function = {.function_name = "function", .handler = "handler"};
   server.api = runtime_api_new(&function, server.violations, server.wake, &error);
   assert_non_null(server.api);
   struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)runtime_api_port(server.api))};
   address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
   server.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
   assert_int_equal(connect(server.client, (struct sockaddr *)&address, sizeof address), 0);
}

AFTER_EACH(stop_server)
{
   refused_from = NEVER;
   close(server.client);
   runtime_api_destroy(server.api);
   violations_destroy(server.violations);
   close(server.wake);
}

static void
send_text(const char *text)
{
   size_t length = strlen(text);
   assert_int_equal(send(server.client, text, length, MSG_NOSIGNAL), length);
}

/* Of the next response: its head is read whole, and nothing after it is used. */
static int
read_status(void)
{
   char text[2000];
   size_t length = 0;
   do {
      ssize_t got = recv(server.client, text + length, sizeof text - 1 - length, 0);
      assert_true(got > 0);
      length += (size_t)got;
      text[length] = '\0';
   } while (strstr(text, "\r\n\r\n") == NULL);
   int status = 0;
   assert_int_equal(sscanf(text, "HTTP/1.1 %d", &status), 1);
   return status;
}

/* In two pieces: there is no memory for the second one. */
static int
post_without_memory(const char *path)
{
   char head[300];
   char piece[5001];
   snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n", path);
   memset(piece, ' ', sizeof piece - 1);
   piece[sizeof piece - 1] = '\0';
   refused_from = 1000;
   send_text(head);
   send_text("5\r\n{\"a\":\r\n");
   send_text("1388\r\n");
   send_text(piece);
   send_text("\r\n0\r\n\r\n");
   int status = read_status();
   refused_from = NEVER;
   return status;
}

static void
hand_out(void)
{
   const struct runtime_event event = {
      .request_id = ID, .function_arn = "arn", .trace_id = "Root=1", .body = "{}", .length = 2};
   struct drill_error error;
   send_text("GET " BASE "invocation/next HTTP/1.1\r\nHost: api\r\n\r\n");
   while (runtime_api_phase(server.api, NULL) != RUNTIME_WAITING) {
      clock_sleep_us(1000);
   }
   assert_int_equal(runtime_api_hand_out(server.api, &event, &error), 0);
   assert_int_equal(read_status(), 200);
}

TEST(init_error_that_is_not_kept_is_refused)
{
   struct runtime_answer answer = {0};
   assert_int_equal(post_without_memory(BASE "init/error"), 500);
   assert_int_equal(runtime_api_phase(server.api, NULL), RUNTIME_STARTING);
   assert_false(runtime_api_take_answer(server.api, 0, &answer));
}

TEST(response_that_is_not_kept_is_refused)
{
   struct runtime_answer answer = {0};
   hand_out();
   assert_int_equal(post_without_memory(BASE "invocation/" ID "/response"), 500);
   assert_int_equal(runtime_api_phase(server.api, NULL), RUNTIME_BUSY);
   assert_false(runtime_api_take_answer(server.api, 0, &answer));
   assert_null(violations_take(server.violations));
}

TEST(too_large_without_memory_to_say_so)
{
   struct runtime_answer answer = {0};
   char head[300];
   char *body = calloc(1, RUNTIME_ANSWER_MAX + 2);
   assert_non_null(body);
   memset(body, ' ', RUNTIME_ANSWER_MAX + 1);
   hand_out();
   strdups_refused = 1;
   snprintf(head,
            sizeof head,
            "POST %sinvocation/%s/response HTTP/1.1\r\nHost: api\r\nContent-Length: %u\r\n\r\n",
            BASE,
            ID,
            RUNTIME_ANSWER_MAX + 1);
   send_text(head);
   send_text(body);
   assert_int_equal(read_status(), 413);
   assert_int_equal(strdups_refused, 0);
   assert_true(runtime_api_take_answer(server.api, 0, &answer));
   assert_true(answer.failed);
   assert_string_equal(answer.error_type, "Function.ResponseSizeTooLarge");
   assert_int_equal(answer.length, strlen(answer.payload));
   free(answer.payload);
   free(body);
}

/* --- an invocation ------------------------------------------------------------------------------------------------ */

/* Asks for an event, and ends when there is one. */
static const char bootstrap[] = "#!/bin/bash\n"
                                "exec 3<>/dev/tcp/127.0.0.1/${AWS_LAMBDA_RUNTIME_API#*:}\n"
                                "printf 'GET " BASE "invocation/next HTTP/1.1\\r\\nHost: api\\r\\n\\r\\n' >&3\n"
                                "read -r line <&3\n"
                                "exit 3\n";

static char
state_of(pid_t process)
{
   char path[64];
   char line[512] = "";
   snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
   int file = open(path, O_RDONLY | O_CLOEXEC);
   assert_true(file >= 0);
   assert_true(read(file, line, sizeof line - 1) > 0);
   close(file);
   const char *end = strrchr(line, ')');
   assert_non_null(end);
   return end[2];
}

static int
count_of(const char *text, const char *word)
{
   int count = 0;
   for (; (text = strstr(text, word)) != NULL; text++) {
      count++;
   }
   return count;
}

TEST(event_without_memory_leaves_it_suspended)
{
   char *text = NULL;
   size_t size = 0;
   struct drill_error error;
   struct invocation_result result;
   FILE *log = open_memstream(&text, &size);
   make_function(bootstrap);
   config.log = log;
   config.memory_mb = 2048;
   environment = environment_new(&config, 0, &error);
   assert_non_null(environment);

   responses_refused = 1;
   assert_int_equal(environment_invoke(environment, "{}", 2, &result, &error), -1);
   assert_int_equal(responses_refused, 0);
   assert_contains(error.message, "out of memory for an event of 2 bytes");
   pid_t process = environment_process(environment);
   assert_int_equal(state_of(process), 'T');

   assert_int_equal(environment_invoke(environment, "{}", 2, &result, &error), 0);
   assert_int_equal(result.outcome, INVOCATION_CRASHED);
   assert_true(result.cold);
   assert_true(result.thawed_us > 0);
   invocation_result_clear(&result);
   end_function();
   fclose(log);
   assert_int_equal(count_of(text, "START RequestId: "), 2);
   assert_int_equal(count_of(text, "\nEND RequestId: "), 2);
   free(text);
}
