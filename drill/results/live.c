#include "live.h"

#include "clock.h"
#include "live_screen.h"
#include "room.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define REDRAW_US 100000
#define CURSOR_HIDE "\x1b[?25l"
#define CURSOR_SHOW "\x1b[?25h"
/* For log lines that the terminal has not accepted yet. */
#define QUEUE_MAX (1 << 20)

/* Only the thread writes to out, and never with the lock held: a stopped terminal (Ctrl-S) must not stop the drill. */
struct live {
   FILE *out;
   pthread_mutex_t lock;
   pthread_cond_t changed;
   pthread_t thread;
   bool news;
   bool stop;
   struct live_plan plan;
   char *queue; /* whole lines, cleaned when written */
   size_t queued;
   struct live_screen screen;
};

/* --- the plan ----------------------------------------------------------------------------------------------------- */

static struct live_phase *
add(struct live_plan *plan, const char *name)
{
   if (!room_for_one(&plan->phases, plan->count, sizeof *plan->phases, SIZE_MAX)) {
      return NULL;
   }
   struct live_phase *added = &plan->phases[plan->count++];
   *added = (struct live_phase){.step = LIVE_TO_COME};
   snprintf(added->phase.name, sizeof added->phase.name, "%s", name);
   return added;
}

/* The first phase at that step, of that name unless it is NULL. */
static struct live_phase *
find(const struct live_plan *plan, enum live_step step, const char *name)
{
   for (size_t i = 0; i < plan->count; i++) {
      struct live_phase *one = &plan->phases[i];
      if (one->step == step && (name == NULL || strcmp(one->phase.name, name) == 0)) {
         return one;
      }
   }
   return NULL;
}

/* --- the thread's side -------------------------------------------------------------------------------------------- */

/* Writes everything at once, so that nothing flickers. */
static void
redraw(struct live *live)
{
   char *text = NULL;
   size_t length = 0;
   FILE *out = open_memstream(&text, &length);
   if (out != NULL) {
      live_screen_compose(&live->screen, live->queue, &live->plan, out);
      fclose(out);
      free(live->queue);
      live->queue = NULL;
      live->queued = 0;
   }
   pthread_mutex_unlock(&live->lock);
   if (length > 0) {
      fwrite(text, 1, length, live->out);
      fflush(live->out);
   }
   free(text);
   pthread_mutex_lock(&live->lock);
}

static void
wait_for_news(struct live *live)
{
   int64_t until_us = clock_now_us() + REDRAW_US;
   struct timespec until = clock_timespec(until_us);
   int expired = 0;
   while (!live->news && !live->stop && expired == 0) {
      expired = live->screen.terminal ? pthread_cond_timedwait(&live->changed, &live->lock, &until)
                                      : pthread_cond_wait(&live->changed, &live->lock);
   }
   live->news = false;
}

static void *
draw(void *argument)
{
   struct live *live = argument;
   pthread_mutex_lock(&live->lock);
   while (!live->stop) {
      redraw(live);
      wait_for_news(live);
   }
   redraw(live);
   pthread_mutex_unlock(&live->lock);
   return NULL;
}

/* --- the drill's side --------------------------------------------------------------------------------------------- */

struct live *
live_new(FILE *out, bool terminal, bool colour)
{
   struct live *live = calloc(1, sizeof *live);
   if (live == NULL) {
      return NULL;
   }
   live->out = out;
   live->screen = (struct live_screen){.descriptor = fileno(out), .terminal = terminal, .colour = colour};
   live->plan = (struct live_plan){.round = 1, .rounds = 1};
   pthread_mutex_init(&live->lock, NULL);
   clock_condition_init(&live->changed);
   fputs(terminal ? CURSOR_HIDE : "", out);
   if (pthread_create(&live->thread, NULL, draw, live) != 0) {
      fputs(terminal ? CURSOR_SHOW : "", out);
      pthread_cond_destroy(&live->changed);
      pthread_mutex_destroy(&live->lock);
      free(live);
      return NULL;
   }
   return live;
}

static void
change(struct live *live)
{
   live->news = true;
   pthread_cond_signal(&live->changed);
   pthread_mutex_unlock(&live->lock);
}

void
live_destroy(struct live *live)
{
   if (live == NULL) {
      return;
   }
   pthread_mutex_lock(&live->lock);
   live->stop = true;
   live->plan.over = true;
   change(live);
   pthread_join(live->thread, NULL);
   fputs(live->screen.terminal ? CURSOR_SHOW : "", live->out);
   fflush(live->out);
   pthread_cond_destroy(&live->changed);
   pthread_mutex_destroy(&live->lock);
   free(live->plan.phases);
   free(live->queue);
   free(live);
}

/* text holds whole lines. If it exceeds the cap, or memory runs out, it is not shown. */
static void
enqueue(struct live *live, const char *text)
{
   size_t length = strlen(text);
   char *larger = live->queued + length > QUEUE_MAX ? NULL : realloc(live->queue, live->queued + length + 1);
   if (larger != NULL) {
      memcpy(larger + live->queued, text, length + 1);
      live->queue = larger;
      live->queued += length;
   }
}

void
live_plan(struct live *live, const char *const *names, size_t count, unsigned rounds)
{
   if (live == NULL) {
      return;
   }
   pthread_mutex_lock(&live->lock);
   live->plan = (struct live_plan){.phases = live->plan.phases, .round = 1, .rounds = rounds == 0 ? 1 : rounds};
   for (size_t i = 0; i < count; i++) {
      add(&live->plan, names[i]);
   }
   change(live);
}

/* Adds a log line for a phase that has ended, or for a round if ended is NULL. */
static void
enqueue_painted(struct live *live, const struct drill_phase *ended)
{
   char *text = NULL;
   size_t length = 0;
   FILE *out = open_memstream(&text, &length);
   if (out == NULL) {
      return;
   }
   struct pen pen = {.out = out, .columns = LIVE_SCREEN_LINE_BYTES - 1};
   if (ended == NULL) {
      live_screen_round(&pen, &live->plan);
   } else {
      if (live->plan.rounds > 1) {
         fprintf(out, "round %u  ", live->plan.round);
      }
      live_screen_ended(&pen, &live->plan, ended);
   }
   fclose(out);
   enqueue(live, text);
   free(text);
}

/* The next phase of that name, which is added if it was not planned. Starts a new round if all phases of this one are
 * over. Returns NULL when out of memory. */
static struct live_phase *
coming(struct live *live, const char *name)
{
   struct live_plan *plan = &live->plan;
   bool over = find(plan, LIVE_TO_COME, NULL) == NULL && find(plan, LIVE_RUNNING, NULL) == NULL;
   if (over && plan->round < plan->rounds) {
      if (live->screen.terminal) {
         enqueue_painted(live, NULL);
      }
      plan->round++;
      for (size_t i = 0; i < plan->count; i++) {
         plan->phases[i].step = LIVE_TO_COME;
      }
   }
   struct live_phase *found = find(plan, LIVE_TO_COME, name);
   return found != NULL ? found : add(plan, name);
}

void
live_phase_begin(struct live *live, const char *name, const char *title)
{
   if (live == NULL) {
      return;
   }
   pthread_mutex_lock(&live->lock);
   struct live_phase *one = coming(live, name);
   if (one != NULL) {
      one->step = LIVE_RUNNING;
      one->doing[0] = '\0';
      one->since_us = clock_now_us();
      one->until_us = 0;
      snprintf(one->phase.title, sizeof one->phase.title, "%s", title);
   }
   change(live);
}

void
live_doing(struct live *live, const char *what, int64_t until_us)
{
   if (live == NULL) {
      return;
   }
   pthread_mutex_lock(&live->lock);
   struct live_phase *one = find(&live->plan, LIVE_RUNNING, NULL);
   if (one != NULL) {
      snprintf(one->doing, sizeof one->doing, "%s", what);
      one->since_us = clock_now_us();
      one->until_us = until_us;
   }
   change(live);
}

void
live_phase_end(struct live *live, const struct drill_phase *phase)
{
   if (live == NULL) {
      return;
   }
   pthread_mutex_lock(&live->lock);
   struct live_phase *one = find(&live->plan, LIVE_RUNNING, phase->name);
   if (one == NULL) {
      one = coming(live, phase->name);
   }
   if (one != NULL) {
      one->step = LIVE_DONE;
      one->phase = *phase;
   }
   if (!live->screen.terminal) {
      enqueue_painted(live, phase);
   }
   change(live);
}

void
live_say(struct live *live, const char *format, ...)
{
   if (live == NULL) {
      return;
   }
   char text[LIVE_SCREEN_LINE_BYTES];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(text, sizeof text - 1, format, arguments);
   va_end(arguments);
   pthread_mutex_lock(&live->lock);
   enqueue(live, text);
   enqueue(live, "\n");
   change(live);
}
