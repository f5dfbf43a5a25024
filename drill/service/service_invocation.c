#include "service_process.h"

#include "clock.h"
#include "http_exchange.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void
wake(struct service *service, struct invocation_result *result)
{
   throttle_end(service->throttle, result);
   service->throttle = NULL;
   freezer_thaw(&service->freezer, result);
}

static void
rest(struct service *service)
{
   switch (service->config->platform->idle) {
   case PLATFORM_FREEZES:
      freezer_suspend(&service->freezer);
      break;
   case PLATFORM_THROTTLES:
      service->throttle = throttle_begin(&service->process, service->config->timeline, service->instance);
      break;
   case PLATFORM_RUNS_ON:
      break;
   }
}

/* Call with starting locked. Ensures that a process runs, and counts one more invocation in it. Returns the same as
 * service_start. */
static int
make_ready(struct service *service, struct invocation_result *result, struct drill_error *error)
{
   pthread_mutex_lock(&service->lock);
   if (service->process.id != 0 && process_has_ended(&service->process) && !service->condemned) {
      char exited[100];
      service_describe_exit(process_exit_status(&service->process), exited, sizeof exited);
      if (service->open == 0) {
         function_log_line(service->root.log, "the process %s between two invocations", exited);
      }
      service->condemned = true;
   }
   while (service->condemned && service->open > 0) {
      pthread_cond_wait(&service->left, &service->lock);
   }
   if (service->condemned) {
      service_end_process(service);
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
   int failed = service_start(service, result, error);
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
   result->max_memory_mb = memory_use_mb(&service->memory_use);
   settles = service->open == 1 && result->cold && service->config->settle_ms > 0 && !service->condemned;
   pthread_mutex_unlock(&service->lock);
   if (settles) {
      enum service_end end;
      struct service_watch watch =
         service_watch_until(service, clock_now_us() + (int64_t)service->config->settle_ms * 1000);
      while (!service_watch_look(&watch, &end)) {
         service_watch_wait(&watch, -1, 0);
      }
   }
   pthread_mutex_lock(&service->lock);
   service->open--;
   if (service->open == 0 && service->condemned) {
      service_end_process(service);
   } else if (service->open == 0 && !service->config->keep_running && !process_has_ended(&service->process)) {
      rest(service);
   }
   pthread_cond_broadcast(&service->left);
   pthread_mutex_unlock(&service->lock);
}

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

/* For an invocation that has no answer. Returns 0, or -1 with error set. */
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
   if (end == SERVICE_BROKEN && service_ends_soon(service)) {
      end = SERVICE_ENDED;
   }
   if (end == SERVICE_ENDED) {
      result->outcome = INVOCATION_CRASHED;
      type = "ProcessEnded";
      service_describe_exit(process_exit_status(&service->process), exited, sizeof exited);
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
         message, sizeof message, "the process exceeded its %u MB and was killed", service->config->memory_mb);
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
         const struct invoker_event *event,
         struct service_watch *watch,
         struct service_answer *answer)
{
   char deadline[CLOCK_RFC3339];
   int64_t deadline_ms = clock_wall_ms() + service->config->timeout_ms;
   clock_rfc3339(deadline, deadline_ms);
   const struct service_event asked = {.text = event->text,
                                       .length = event->length,
                                       .id = result->request_id,
                                       .deadline = deadline,
                                       .deadline_ms = deadline_ms,
                                       .timeout_ms = service->config->timeout_ms,
                                       .app = service->app,
                                       .request = service->config->request};
   struct http_request request = {0};
   enum service_end end = SERVICE_NO_MEMORY;
   service->kind->ask(&request, &asked);
   if (!request.failed) {
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
    const struct invoker_event *event,
    struct invocation_result *result,
    struct drill_error *error)
{
   struct service_answer answer = {0};
   take_lane(service, result);
   result->start_us = result->handed_us = clock_now_us();
   size_t entry = invocation_show_begin(service->config->timeline, result);
   struct service_watch watch =
      service_watch_until(service, result->start_us + (int64_t)service->config->timeout_ms * 1000);
   enum service_end end = exchange(service, result, event, &watch, &answer);
   int failed = 0;
   if (end == SERVICE_ANSWERED) {
      result->end_us = clock_now_us();
      failed = service->kind->take(&answer, result, service->violations) ? 0 : invocation_out_of_memory(error);
   } else {
      failed = fail(service, end, &watch, result, error);
   }
   free(answer.text);
   invocation_show_end(service->config->timeline, entry, result, failed != 0);
   return failed;
}

/* Returns the same as make_ready. */
static int
enter(struct service *service, struct invocation_result *result, struct drill_error *error)
{
   result->lane = -1;
   function_log_begin(service->root.log);
   pthread_mutex_lock(&service->starting);
   int failed = make_ready(service, result, error);
   pthread_mutex_unlock(&service->starting);
   return failed;
}

int
service_invoke(void *self,
               const struct invoker_event *event,
               struct invocation_result *result,
               struct drill_error *error)
{
   struct service *service = self;
   int failed = enter(service, result, error);
   if (failed == 0) {
      failed = ask(service, event, result, error);
      service_note_memory(service);
      leave(service, result);
   }
   if (failed < 0) {
      return -1;
   }
   result->violations = violations_take(service->violations);
   result->log_tail = function_log_tail(service->root.log);
   return 0;
}

int
service_initialise(void *self, struct invocation_result *result, struct drill_error *error)
{
   struct service *service = self;
   int failed = enter(service, result, error);
   if (failed == 0) {
      leave(service, result);
   } else if (failed > 0) {
      result->log_tail = function_log_tail(service->root.log);
   }
   return failed;
}
