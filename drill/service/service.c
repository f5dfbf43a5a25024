/* An environment of a platform whose functions are servers: its process, and what the platform does with it. */
#include "clock.h"
#include "free_port.h"
#include "freezer.h"
#include "function_log.h"
#include "function_root.h"
#include "http_exchange.h"
#include "launch.h"
#include "line_exchange.h"
#include "process.h"
#include "request_id.h"
#include "service_kind.h"
#include "temporary_folder.h"
#include "throttle.h"

#include <cJSON.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EVENT_BYTES_MAX (6 * 1024 * 1024)
#define MEGABYTE (1024 * 1024)
#define LOOK_US 1000
/* A function that ends a connection has often ended itself, which shows a moment later. */
#define END_SHOWS_US 200000

struct service {
   const struct function_config *config;
   const struct service_kind *kind;
   int instance;
   struct launch launch;
   struct function_root root;
   struct function_log *log;
   struct violations *violations;
   int interrupt; /* eventfd */
   char *shared;  /* folder of the socket; NULL: none */
   struct service_place place;
   struct line_channel lines;

   pthread_mutex_t starting; /* while a process is started or thawed: who comes meanwhile waits for it */
   pthread_mutex_t lock;     /* of all below */
   pthread_cond_t left;      /* by an invocation */
   struct process process;
   atomic_int process_id;
   struct freezer freezer;
   struct throttle *throttle; /* NULL: the process has its CPU */
   unsigned open;             /* invocations under way */
   bool condemned;            /* killed, and ended once nobody uses it any more */
   bool cold;
   bool lanes[64]; /* in use */
   uint64_t max_memory;
   int64_t noted_us;
};

/* --- its process, with the lock held, or while nobody else uses it ------------------------------------------------ */

static bool
note_memory(void *argument)
{
   struct service *service = argument;
   uint64_t limit = (uint64_t)service->config->memory_mb * MEGABYTE;
   pthread_mutex_lock(&service->lock);
   int64_t now_us = clock_now_us();
   if (service->process.id != 0 && now_us - service->noted_us >= SERVICE_LOOK_MS * 1000) {
      service->noted_us = now_us;
      uint64_t bytes = descendants_resident_bytes(&service->process.descendants, limit);
      service->max_memory = bytes > service->max_memory ? bytes : service->max_memory;
   }
   bool over = service->max_memory > limit;
   pthread_mutex_unlock(&service->lock);
   return over;
}

static struct service_watch
watch_until(struct service *service, int64_t until_us)
{
   return (struct service_watch){.process = service->process.descriptor,
                                 .interrupt = service->interrupt,
                                 .until_us = until_us,
                                 .out_of_memory = note_memory,
                                 .argument = service};
}

static void
end_process(struct service *service)
{
   throttle_end(service->throttle, NULL);
   service->throttle = NULL;
   freezer_forget(&service->freezer, NULL);
   atomic_store(&service->process_id, 0);
   if (service->process.id != 0) {
      process_end(&service->process);
   }
   line_channel_close(&service->lines);
   service->condemned = false;
}

/* SIGTERM first, where the platform does that. */
static void
shut_down(struct service *service)
{
   if (service->process.id != 0 && service->kind->grace_ms > 0 && !process_has_ended(&service->process)) {
      throttle_end(service->throttle, NULL);
      service->throttle = NULL;
      freezer_thaw(&service->freezer, NULL);
      kill(service->process.id, SIGTERM);
      int64_t until_us = clock_now_us() + (int64_t)service->kind->grace_ms * 1000;
      while (!process_has_ended(&service->process) && clock_now_us() < until_us) {
         clock_sleep_us(LOOK_US);
      }
   }
   end_process(service);
}

static void
describe_exit(int status, char *text, size_t size)
{
   if (WIFSIGNALED(status)) {
      (void)snprintf(text, size, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
   } else {
      (void)snprintf(text, size, "exited with status %d", WEXITSTATUS(status));
   }
}

/* Whether it has ended, or does so in a moment. */
static bool
ends_soon(const struct service *service)
{
   int64_t until_us = clock_now_us() + END_SHOWS_US;
   while (!process_has_ended(&service->process)) {
      if (clock_now_us() > until_us) {
         return false;
      }
      clock_sleep_us(LOOK_US);
   }
   return true;
}

/* --- its start ---------------------------------------------------------------------------------------------------- */

static int
make_place(struct service *service, struct drill_error *error)
{
   if (service->kind->channel == SERVICE_TCP) {
      service->place.port = free_port();
      if (service->place.port == 0) {
         drill_error_set(error, "no free port on 127.0.0.1: %s", strerror(errno));
         return -1;
      }
   }
   if (service->shared != NULL) {
      bool inside = service->launch.isolation != ISOLATION_NONE;
      (void)snprintf(service->place.socket, sizeof service->place.socket, "%s/lsnr.sock", service->shared);
      (void)snprintf(service->place.socket_inside,
                     sizeof service->place.socket_inside,
                     "%s",
                     inside ? ROOT_SHARED "/lsnr.sock" : "");
      unlink(service->place.socket);
   }
   return 0;
}

/* 0; 1 when the program can't be executed, -1 when the host can't go on, both with error set. */
static int
start_process(struct service *service, struct drill_error *error)
{
   int input = -1, answers = -1;
   struct variable_list variables;
   if (make_place(service, error) != 0) {
      return -1;
   }
   variable_list_init(&variables);
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
   const struct process_plan plan = {
      .arguments = service->launch.arguments,
      .variables = variables.words,
      .folder = service->launch.folder,
      .isolation = service->launch.isolation,
      .root = &service->root.plan,
      .mounts = service->root.mounts,
      .user = service->root.user,
      .group = service->root.group,
      .input = input,
      .answers = answers,
      .output = function_log_writer(service->log),
      .guard = service->config->guard,
   };
   service->cold = true;
   service->max_memory = 0;
   int failed = process_start(&service->process, &plan, error);
   variable_list_clear(&variables);
   if (piped) {
      close(input);
      close(answers);
   }
   if (failed != 0) {
      line_channel_close(&service->lines);
      launch_explain(&service->launch, error);
      return 1;
   }
   function_root_keep(&service->root, service->process.id);
   atomic_store(&service->process_id, service->process.id);
   return 0;
}

/* A line {"ok":true}. */
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
      (void)snprintf(watch->why, sizeof watch->why, "it said %.120s instead of {\"ok\":true}", answer.text);
      end = SERVICE_BROKEN;
   }
   cJSON_Delete(said);
   free(answer.text);
   return end;
}

static enum service_end
await_ready(struct service *service, struct service_watch *watch)
{
   if (service->kind->ready == SERVICE_READY_SAYS_SO) {
      return await_word(service, watch);
   }
   enum service_end end = http_exchange_await_listener(&service->place, watch);
   if (end != SERVICE_ANSWERED || service->kind->ready == SERVICE_READY_CONNECTS) {
      return end;
   }
   struct service_answer answer;
   struct http_request request;
   http_request_init(&request);
   http_request_line(&request, NULL, "GET /");
   end = http_exchange(&service->place, &request, watch, &answer);
   http_request_clear(&request);
   free(answer.text);
   return end;
}

/* Why a start failed. */
static void
describe_start(
   const struct service *service, enum service_end end, const struct service_watch *watch, char *text, size_t size)
{
   char where[200], exited[100];
   switch (service->kind->channel) {
   case SERVICE_TCP:
      (void)snprintf(where, sizeof where, "listened on port %u", service->place.port);
      break;
   case SERVICE_UNIX:
      (void)snprintf(where,
                     sizeof where,
                     "listened on %s",
                     service->place.socket_inside[0] != '\0' ? service->place.socket_inside : service->place.socket);
      break;
   case SERVICE_LINES:
      (void)snprintf(where, sizeof where, "wrote {\"ok\":true} to descriptor 3");
      break;
   }
   if (end == SERVICE_ENDED) {
      describe_exit(process_exit_status(&service->process), exited, sizeof exited);
      (void)snprintf(text, size, "the process %s before it %s", exited, where);
   } else if (end == SERVICE_LATE) {
      (void)snprintf(text, size, "the process has not %s within %u s", where, service->kind->start_ms / 1000);
   } else if (end == SERVICE_OUT_OF_MEMORY) {
      (void)snprintf(text, size, "the process needed more than %u MB before it %s", service->config->memory_mb, where);
   } else {
      (void)snprintf(text, size, "the process is not ready: %s", watch->why);
   }
}

/* 0 when the function can be asked; 1 when its start failed, which result says; -1 with error set. */
static int
start(struct service *service, struct invocation_result *result, struct drill_error *error)
{
   struct drill_error reason = {""};
   struct timeline *timeline = service->config->timeline;
   size_t entry = timeline_begin(timeline, TIMELINE_INIT, service->instance, "init", "%s", "");
   int64_t started_us = clock_now_us();
   enum service_end end = SERVICE_BROKEN;
   int failed = start_process(service, &reason);
   if (failed == 0) {
      struct service_watch watch = watch_until(service, started_us + (int64_t)service->kind->start_ms * 1000);
      end = await_ready(service, &watch);
      end = end == SERVICE_BROKEN && ends_soon(service) ? SERVICE_ENDED : end;
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
   end_process(service);
   if (failed < 0) {
      drill_error_set(error, "%s", reason.message);
      return -1;
   }
   result->outcome = INVOCATION_INIT_FAILED;
   result->cold = true;
   result->start_us = started_us;
   result->end_us = clock_now_us();
   return invocation_result_fail(result, "StartFailed", reason.message) ? 1 : invocation_out_of_memory(error);
}

/* --- between invocations ------------------------------------------------------------------------------------------ */

static void
wake(struct service *service, struct invocation_result *result)
{
   if (service->throttle != NULL) {
      double ms = 0;
      throttle_end(service->throttle, &ms);
      service->throttle = NULL;
      timeline_end(service->config->timeline, service->freezer.entry, false, "with one hundredth of a CPU");
      result->thawed_us = clock_now_us();
      result->frozen_ms = ms;
   }
   struct freeze freeze = {0};
   freezer_thaw(&service->freezer, &freeze);
   if (freeze.thawed_us != 0) {
      result->thawed_us = freeze.thawed_us;
      result->frozen_ms = freeze.frozen_ms;
      result->frozen_cpu_ms = freeze.frozen_cpu_ms;
   }
}

static void
rest(struct service *service)
{
   switch (service->config->platform->idle) {
   case PLATFORM_FREEZES:
      freezer_suspend(&service->freezer);
      break;
   case PLATFORM_THROTTLES:
      service->throttle = throttle_begin(&service->process);
      if (service->throttle != NULL) {
         service->freezer.entry =
            timeline_begin(service->config->timeline, TIMELINE_FREEZE, service->instance, "throttled", "%s", "");
      }
      break;
   case PLATFORM_RUNS_ON:
      break;
   }
}

/* With starting locked. As start, when there is no process that lives. */
static int
make_ready(struct service *service, struct invocation_result *result, struct drill_error *error)
{
   pthread_mutex_lock(&service->lock);
   if (service->process.id != 0 && process_has_ended(&service->process) && !service->condemned) {
      char exited[100];
      describe_exit(process_exit_status(&service->process), exited, sizeof exited);
      if (service->open == 0) {
         function_log_line(service->log, "the process %s between two invocations", exited);
      }
      service->condemned = true;
   }
   while (service->condemned && service->open > 0) {
      pthread_cond_wait(&service->left, &service->lock);
   }
   if (service->condemned) {
      end_process(service);
   }
   bool there = service->process.id != 0;
   if (there) {
      wake(service, result);
      service->open++;
   }
   pthread_mutex_unlock(&service->lock);
   if (there) {
      return 0;
   }
   int failed = start(service, result, error);
   if (failed == 0) {
      pthread_mutex_lock(&service->lock);
      service->open++;
      pthread_mutex_unlock(&service->lock);
   }
   return failed;
}

static void
leave(struct service *service, struct invocation_result *result)
{
   bool settles = false;
   pthread_mutex_lock(&service->lock);
   if (result->lane >= 0) {
      service->lanes[result->lane] = false;
   }
   settles = service->open == 1 && result->cold && service->config->settle_ms > 0 && !service->condemned;
   pthread_mutex_unlock(&service->lock);
   if (settles) {
      enum service_end end;
      struct service_watch watch = watch_until(service, clock_now_us() + (int64_t)service->config->settle_ms * 1000);
      while (!service_watch_look(&watch, &end)) {
         clock_sleep_us(LOOK_US);
      }
   }
   pthread_mutex_lock(&service->lock);
   service->open--;
   if (service->open == 0 && service->condemned) {
      end_process(service);
   } else if (service->open == 0 && !service->config->keep_running && !process_has_ended(&service->process)) {
      rest(service);
   }
   pthread_cond_broadcast(&service->left);
   pthread_mutex_unlock(&service->lock);
}

/* --- one invocation ----------------------------------------------------------------------------------------------- */

static void
condemn(struct service *service)
{
   pthread_mutex_lock(&service->lock);
   if (!service->condemned && service->process.id != 0) {
      service->condemned = true;
      kill(-service->process.id, SIGKILL);
   }
   pthread_mutex_unlock(&service->lock);
}

/* Of an invocation that has no answer. 0, or -1 with error set. */
static int
fail(struct service *service,
     enum service_end end,
     const struct service_watch *watch,
     struct invocation_result *result,
     struct drill_error *error)
{
   char exited[100], message[400];
   const char *type = "";
   if (end == SERVICE_INTERRUPTED) {
      return invocation_interrupted(error);
   }
   if (end == SERVICE_NO_MEMORY) {
      return invocation_out_of_memory(error);
   }
   result->end_us = clock_now_us();
   if (end == SERVICE_BROKEN && ends_soon(service)) {
      end = SERVICE_ENDED;
   }
   if (end == SERVICE_ENDED) {
      result->outcome = INVOCATION_CRASHED;
      type = "ProcessEnded";
      describe_exit(process_exit_status(&service->process), exited, sizeof exited);
      (void)snprintf(message, sizeof message, "the process %s during the invocation", exited);
   } else if (end == SERVICE_LATE) {
      result->outcome = INVOCATION_TIMED_OUT;
      type = "TimedOut";
      (void)snprintf(message,
                     sizeof message,
                     "no answer within %.2f s; %s",
                     service->config->timeout_ms / 1000.0,
                     service->kind->late);
   } else if (end == SERVICE_OUT_OF_MEMORY) {
      result->outcome = INVOCATION_OUT_OF_MEMORY;
      type = "OutOfMemory";
      (void)snprintf(
         message, sizeof message, "the process needed more than its %u MB and was killed", service->config->memory_mb);
   } else {
      result->outcome = INVOCATION_FUNCTION_ERROR;
      type = "NoAnswer";
      (void)snprintf(message, sizeof message, "no answer: %.200s", watch->why);
   }
   if (end == SERVICE_ENDED || end == SERVICE_OUT_OF_MEMORY || (end == SERVICE_LATE && service->kind->kills_late)) {
      condemn(service);
   }
   return invocation_result_fail(result, type, message) ? 0 : invocation_out_of_memory(error);
}

static enum service_end
exchange(struct service *service,
         const struct invocation_result *result,
         const char *event,
         size_t length,
         struct service_watch *watch,
         struct service_answer *answer)
{
   char deadline[40];
   struct timespec now;
   clock_gettime(CLOCK_REALTIME, &now);
   long long deadline_ms = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 + service->config->timeout_ms;
   time_t seconds = (time_t)(deadline_ms / 1000);
   struct tm day;
   gmtime_r(&seconds, &day);
   size_t end_of_day = strftime(deadline, sizeof deadline, "%Y-%m-%dT%H:%M:%S", &day);
   (void)snprintf(deadline + end_of_day, sizeof deadline - end_of_day, ".%03lldZ", deadline_ms % 1000);
   const struct service_event asked = {.text = event,
                                       .length = length,
                                       .id = result->request_id,
                                       .deadline = deadline,
                                       .deadline_ms = deadline_ms,
                                       .timeout_ms = service->config->timeout_ms,
                                       .folder = service->config->task_root,
                                       .request = service->config->request};
   struct http_request request;
   http_request_init(&request);
   enum service_end end = SERVICE_NO_MEMORY;
   if (service->kind->ask(&request, &asked) && !request.failed) {
      end = service->kind->channel == SERVICE_LINES
               ? line_exchange(&service->lines, request.body, request.body_length, watch, answer)
               : http_exchange(&service->place, &request, watch, answer);
   }
   http_request_clear(&request);
   return end;
}

static void
take_lane(struct service *service, struct invocation_result *result)
{
   pthread_mutex_lock(&service->lock);
   result->lane = 0;
   while (result->lane < 63 && service->lanes[result->lane]) {
      result->lane++;
   }
   service->lanes[result->lane] = true;
   result->cold = service->cold;
   service->cold = false;
   pthread_mutex_unlock(&service->lock);
}

static int
ask(struct service *service,
    const char *event,
    size_t length,
    struct invocation_result *result,
    struct drill_error *error)
{
   struct timeline *timeline = service->config->timeline;
   struct service_answer answer = {0};
   take_lane(service, result);
   result->start_us = result->handed_us = clock_now_us();
   struct timeline_entry shown = {.kind = TIMELINE_INVOCATION,
                                  .instance = service->instance,
                                  .lane = result->lane,
                                  .start_us = result->handed_us,
                                  .end_us = -1};
   (void)snprintf(shown.label, sizeof shown.label, "%s", result->cold ? "cold" : "warm");
   (void)snprintf(shown.detail, sizeof shown.detail, "%s", result->request_id);
   size_t entry = timeline_add(timeline, &shown);
   struct service_watch watch = watch_until(service, result->start_us + (int64_t)service->config->timeout_ms * 1000);
   enum service_end end = exchange(service, result, event, length, &watch, &answer);
   int failed = 0;
   if (end == SERVICE_ANSWERED) {
      result->end_us = clock_now_us();
      failed = service->kind->take(&answer, result, service->violations) ? 0 : invocation_out_of_memory(error);
   } else {
      failed = fail(service, end, &watch, result, error);
   }
   free(answer.text);
   bool bad = failed != 0 || result->outcome != INVOCATION_ANSWERED;
   timeline_end(timeline, entry, bad, bad && failed == 0 ? result->error_type : NULL);
   return failed;
}

static int
invoke(void *self,
       const char *event,
       size_t length,
       const struct invoker_context *context,
       struct invocation_result *result,
       struct drill_error *error)
{
   (void)context; /* Lambda's alone */
   struct service *service = self;
   *result = (struct invocation_result){.instance = service->instance, .lane = -1};
   if (length > EVENT_BYTES_MAX) {
      drill_error_set(error, "an event has at most %d bytes; found %zu", EVENT_BYTES_MAX, length);
      return -1;
   }
   request_id_new(result->request_id, sizeof result->request_id);
   function_log_begin(service->log);
   pthread_mutex_lock(&service->starting);
   int failed = make_ready(service, result, error);
   pthread_mutex_unlock(&service->starting);
   if (failed == 0) {
      failed = ask(service, event, length, result, error);
      note_memory(service);
      leave(service, result);
   }
   if (failed < 0) {
      invocation_result_clear(result);
      return -1;
   }
   result->max_memory_mb = (unsigned)((double)service->max_memory / MEGABYTE + 0.999);
   result->violations = violations_take(service->violations);
   result->log_tail = function_log_tail(service->log);
   return 0;
}

/* --- its life ----------------------------------------------------------------------------------------------------- */

static void
destroy(void *self)
{
   struct service *service = self;
   if (service == NULL) {
      return;
   }
   shut_down(service);
   launch_clear(&service->launch);
   function_root_clear(&service->root);
   function_log_destroy(service->log);
   violations_destroy(service->violations);
   temporary_folder_remove(service->shared, service->config->guard);
   if (service->interrupt >= 0) {
      close(service->interrupt);
   }
   pthread_cond_destroy(&service->left);
   pthread_mutex_destroy(&service->lock);
   pthread_mutex_destroy(&service->starting);
   free(service);
}

static int
set_up(struct service *service, struct drill_error *error)
{
   const struct function_config *config = service->config;
   if (launch_init(&service->launch, config->task_root, NULL, config->command, error) != 0) {
      return -1;
   }
   if (service->kind->channel == SERVICE_UNIX) {
      service->shared = temporary_folder_new("faas-iofs", "the function's socket", config->guard, error);
      if (service->shared == NULL || chmod(service->shared, 0777) != 0) {
         return -1;
      }
   }
   const struct function_root_config root = {.task = config->task_root,
                                             .mounts = config->mounts,
                                             .shared = service->shared,
                                             .isolation = service->launch.isolation,
                                             .guard = config->guard};
   if (function_root_init(&service->root, &root, error) != 0) {
      return -1;
   }
   service->log = function_log_new(config->log, error);
   return service->log != NULL ? 0 : -1;
}

static void *
create(const struct function_config *config, int instance, struct drill_error *error)
{
   struct service *service = http_exchange_start() ? calloc(1, sizeof *service) : NULL;
   if (service == NULL) {
      drill_error_set(error, "out of memory: could not make an execution environment");
      return NULL;
   }
   service->config = config;
   service->kind = config->platform->service;
   service->instance = instance;
   service->process.descriptor = -1;
   service->root.mounts = -1;
   service->lines = (struct line_channel){.to_function = -1, .from_function = -1};
   service->place.folder = config->task_root;
   service->freezer =
      (struct freezer){.process = &service->process, .timeline = config->timeline, .instance = instance};
   pthread_mutex_init(&service->starting, NULL);
   pthread_mutex_init(&service->lock, NULL);
   pthread_cond_init(&service->left, NULL);
   service->interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
   service->violations = violations_new();
   if (service->interrupt < 0 || service->violations == NULL) {
      drill_error_set(error, "cannot make an execution environment: %s", strerror(errno));
      destroy(service);
      return NULL;
   }
   if (set_up(service, error) != 0) {
      destroy(service);
      return NULL;
   }
   return service;
}

/* A server takes as many as come. */
static unsigned
await_workers(void *self, unsigned count, int64_t until_us)
{
   (void)self;
   (void)until_us;
   return count;
}

static void
interrupt(void *self)
{
   const struct service *service = self;
   const uint64_t one = 1;
   while (write(service->interrupt, &one, sizeof one) < 0 && errno == EINTR) {
   }
}

static pid_t
process(void *self)
{
   struct service *service = self;
   return atomic_load(&service->process_id);
}

const struct platform_host service_host = {
   .create = create,
   .destroy = destroy,
   .invoke = invoke,
   .await_workers = await_workers,
   .interrupt = interrupt,
   .process = process,
};
