#include "service_process.h"

#include "clock.h"
#include "free_port.h"
#include "http_exchange.h"

#include <cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A function that closes a connection has often ended, but that shows only a moment later. */
#define END_SHOWS_US 200000

/* --- its process, with the lock held, or while nobody else uses it ------------------------------------------------ */

bool
service_note_memory(void *argument)
{
   struct service *service = argument;
   pthread_mutex_lock(&service->lock);
   int64_t now_us = clock_now_us();
   if (service->process.id != 0 && now_us - service->noted_us >= MEMORY_USE_LOOK_MS * 1000) {
      service->noted_us = now_us;
      memory_use_note(&service->memory_use, &service->process.descendants);
   }
   bool over = memory_use_is_over(&service->memory_use);
   pthread_mutex_unlock(&service->lock);
   return over;
}

struct service_watch
service_watch_until(struct service *service, int64_t until_us)
{
   return (struct service_watch){.process = service->process.descriptor,
                                 .interrupt = service->interrupt,
                                 .until_us = until_us,
                                 .out_of_memory = service_note_memory,
                                 .argument = service};
}

void
service_end_process(struct service *service)
{
   throttle_end(service->throttle, NULL);
   service->throttle = NULL;
   freezer_forget(&service->freezer);
   atomic_store(&service->process_id, 0);
   if (service->process.id != 0) {
      process_end(&service->process);
   }
   line_channel_close(&service->lines);
   service->condemned = false;
}

/* Sends SIGTERM first, on a platform that does so. */
void
service_shut_down(struct service *service)
{
   if (service->process.id != 0 && service->kind->grace_ms > 0 && !process_has_ended(&service->process)) {
      throttle_end(service->throttle, NULL);
      service->throttle = NULL;
      freezer_thaw(&service->freezer, NULL);
      kill(service->process.id, SIGTERM);
      process_await_end(&service->process, clock_now_us() + (int64_t)service->kind->grace_ms * 1000);
   }
   service_end_process(service);
}

void
service_describe_exit(int status, char *text, size_t size)
{
   if (WIFSIGNALED(status)) {
      (void)snprintf(text, size, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
   } else {
      (void)snprintf(text, size, "exited with status %d", WEXITSTATUS(status));
   }
}

bool
service_ends_soon(const struct service *service)
{
   return process_await_end(&service->process, clock_now_us() + END_SHOWS_US);
}

/* --- its start ---------------------------------------------------------------------------------------------------- */

static int
make_place(struct service *service, struct drill_error *error)
{
   if (service->kind->channel == SERVICE_TCP) {
      service->place.port = free_port();
      if (service->place.port == 0) {
         return drill_error_set(error, "no free port on 127.0.0.1: %s", strerror(errno));
      }
   }
   if (service->shared != NULL) {
      const char *inside = service->root.launch.isolation != ISOLATION_NONE ? ROOT_SHARED : service->shared;
      (void)snprintf(service->place.socket, sizeof service->place.socket, "%s/lsnr.sock", service->shared);
      (void)snprintf(service->place.socket_inside, sizeof service->place.socket_inside, "%s/lsnr.sock", inside);
      unlink(service->place.socket);
   }
   return 0;
}

/* Returns 0; 1 when the program can't be executed, -1 when the host can't go on, both with error set. */
static int
start_process(struct service *service, struct drill_error *error)
{
   int input = -1, answers = -1;
   struct variable_list variables = {0};
   if (make_place(service, error) != 0) {
      return -1;
   }
   variable_list_set(&variables, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
   variable_list_set(&variables, "HOME=/tmp");
   /* See lambda_variables.c. */
   variable_list_set(&variables, "MONGOC_DISABLE_SHM=1");
   service->kind->add_variables(&variables, service->config, &service->place);
   variable_list_add(&variables, service->config->variables);
   bool piped = service->kind->channel == SERVICE_LINES;
   if (variables.failed || (piped && line_channel_open(&service->lines, &input, &answers) != 0)) {
      drill_error_set(error, "cannot start the function: %s", strerror(variables.failed ? ENOMEM : errno));
      variable_list_clear(&variables);
      return -1;
   }
   service->cold = true;
   memory_use_init(&service->memory_use, service->config->memory_mb);
   int failed = function_root_start(&service->root, &service->process, &variables, input, answers, error);
   variable_list_clear(&variables);
   if (piped) {
      close(input);
      close(answers);
   }
   if (failed != 0) {
      line_channel_close(&service->lines);
      return failed;
   }
   atomic_store(&service->process_id, service->process.id);
   return 0;
}

/* Waits for a line {"ok":true}. */
static enum service_end
await_word(struct service *service, struct service_watch *watch)
{
   struct service_answer answer;
   enum service_end end = line_exchange(&service->lines, NULL, 0, watch, &answer);
   if (end != SERVICE_ANSWERED) {
      return end;
   }
   cJSON *said = cJSON_ParseWithLength(answer.text, answer.length);
   if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(said, "ok"))) {
      (void)snprintf(watch->why, sizeof watch->why, "it wrote %.120s instead of {\"ok\":true}", answer.text);
      end = SERVICE_BROKEN;
   }
   cJSON_Delete(said);
   free(answer.text);
   return end;
}

static enum service_end
await_ready(struct service *service, struct service_watch *watch)
{
   if (service->kind->channel == SERVICE_LINES) {
      return await_word(service, watch);
   }
   enum service_end end = http_exchange_await_listener(&service->place, watch);
   if (end != SERVICE_ANSWERED || !service->kind->ready_answers) {
      return end;
   }
   struct service_answer answer;
   struct http_request request = {0};
   http_request_line(&request, NULL, "GET /");
   end = http_exchange(&service->place, &request, watch, &answer);
   http_request_clear(&request);
   free(answer.text);
   return end;
}

/* Says why a start failed. */
static void
describe_start(
   const struct service *service, enum service_end end, const struct service_watch *watch, char *text, size_t size)
{
   char ready[200], exited[100];
   switch (service->kind->channel) {
   case SERVICE_TCP:
      (void)snprintf(ready, sizeof ready, "listen on port %u", service->place.port);
      break;
   case SERVICE_UNIX:
      (void)snprintf(ready, sizeof ready, "listen on %s", service->place.socket_inside);
      break;
   case SERVICE_LINES:
      (void)snprintf(ready, sizeof ready, "write {\"ok\":true} to descriptor 3");
      break;
   }
   if (end == SERVICE_ENDED) {
      service_describe_exit(process_exit_status(&service->process), exited, sizeof exited);
      (void)snprintf(text, size, "the process %s before it could %s", exited, ready);
   } else if (end == SERVICE_LATE) {
      (void)snprintf(text, size, "the process did not %s within %u s", ready, service->kind->start_ms / 1000);
   } else if (end == SERVICE_OUT_OF_MEMORY) {
      (void)snprintf(text, size, "the process exceeded %u MB before it could %s", service->config->memory_mb, ready);
   } else {
      (void)snprintf(text, size, "the process is not ready: %s", watch->why);
   }
}

/* Returns 0 when the function can be asked; 1 when its start failed, which result says; -1 with error set. */
int
service_start(struct service *service, struct invocation_result *result, struct drill_error *error)
{
   struct drill_error reason = {""};
   struct timeline *timeline = service->config->timeline;
   size_t entry = timeline_begin(timeline, TIMELINE_INIT, service->instance, "init", "%s", "");
   int64_t started_us = clock_now_us();
   enum service_end end = SERVICE_BROKEN;
   int failed = start_process(service, &reason);
   if (failed == 0) {
      struct service_watch watch = service_watch_until(service, started_us + (int64_t)service->kind->start_ms * 1000);
      end = await_ready(service, &watch);
      end = end == SERVICE_BROKEN && service_ends_soon(service) ? SERVICE_ENDED : end;
      failed = end == SERVICE_ANSWERED ? 0 : 1;
      if (end == SERVICE_INTERRUPTED || end == SERVICE_NO_MEMORY) {
         failed = end == SERVICE_INTERRUPTED ? invocation_interrupted(&reason) : invocation_out_of_memory(&reason);
      } else if (failed > 0) {
         describe_start(service, end, &watch, reason.message, sizeof reason.message);
      }
   }
   timeline_end(timeline, entry, failed != 0, failed > 0 ? "failed" : NULL);
   result->init_ms = (double)(clock_now_us() - started_us) / 1e3;
   if (failed == 0) {
      return 0;
   }
   service_end_process(service);
   if (failed < 0) {
      return drill_error_set(error, "%s", reason.message);
   }
   result->outcome = INVOCATION_INIT_FAILED;
   result->max_memory_mb = memory_use_mb(&service->memory_use);
   result->cold = true;
   result->start_us = started_us;
   result->end_us = clock_now_us();
   return invocation_result_fail(result, "StartFailed", reason.message) ? 1 : invocation_out_of_memory(error);
}
