#include "live.h"

#include "clock.h"
#include "live_view.h"

#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define REDRAW_US 100000
#define LINES_MAX 64
#define SAY_MAX 1024
/* Of lines for the log, until the terminal takes them. */
#define QUEUE_MAX (1 << 20)

#define CURSOR_HIDE "\x1b[?25l"
#define CURSOR_SHOW "\x1b[?25h"
#define CURSOR_UP "\x1b[%uA"
#define ERASE_BELOW "\x1b[J"

/* The thread alone writes to out, and never with the lock held: a terminal that was stopped (Ctrl-S) must not stop the
 * drill. */
struct live {
   FILE *out;
   bool terminal;
   bool colour;
   pthread_mutex_t lock;
   pthread_cond_t changed;
   pthread_t thread;
   bool news;
   bool stop;
   struct live_plan plan;
   char *queue; /* whole lines, cleaned when they are written */
   size_t queued;
   unsigned frame;
   unsigned drawn[LINES_MAX]; /* width of each line of the block on the terminal */
   size_t drawn_count;
};

/* The terminal's side; only the thread calls these. */

struct window {
   unsigned columns;
   unsigned rows;
};

/* Asked for each time, so no handler of SIGWINCH is needed. */
static struct window
window_of(const struct live *live)
{
   struct window window = {.columns = UINT_MAX, .rows = UINT_MAX};
   if (live->terminal) {
      struct winsize size = {0};
      bool known = ioctl(fileno(live->out), TIOCGWINSZ, &size) == 0;
      window.columns = known && size.ws_col > 0 ? size.ws_col : 80;
      window.rows = known && size.ws_row > 0 ? size.ws_row : 24;
   }
   return window;
}

/* Rows the block takes now: a terminal made narrower has broken the lines it shows. */
static unsigned
rows_drawn(const struct live *live, unsigned columns)
{
   unsigned rows = 0;
   for (size_t i = 0; i < live->drawn_count; i++) {
      rows += live->drawn[i] <= columns ? 1 : (live->drawn[i] + columns - 1) / columns;
   }
   return rows;
}

static void
draw_queue(const struct live *live, struct pen *pen)
{
   for (const char *line = live->queue; line != NULL && *line != '\0';) {
      size_t length = strcspn(line, "\n");
      char text[SAY_MAX];
      snprintf(text, sizeof text, "%.*s", (int)length, line);
      pen_wrap(pen, PEN_PLAIN, 2, text);
      line += length + 1;
   }
}

/* What changes on the terminal, as text. With the lock held. */
static void
compose(struct live *live, FILE *out)
{
   struct window window = window_of(live);
   struct pen pen = {.out = out, .colour = live->colour, .columns = window.columns};
   unsigned above = rows_drawn(live, window.columns);
   if (above > 0) {
      fprintf(out, CURSOR_UP, above);
   }
   if (live->terminal) {
      fputs("\r" ERASE_BELOW, out);
   }
   draw_queue(live, &pen);
   if (live->terminal) {
      pen.widths = live->drawn;
      pen.room = LINES_MAX;
      pen.lines = 0;
      unsigned rows = window.rows > 1 ? window.rows - 1 : 1;
      live_view_block(&pen, &live->plan, rows < LINES_MAX ? rows : LINES_MAX, clock_now_us(), live->frame++);
      live->drawn_count = pen.lines;
   }
}

/* One write for all of it, so that nothing flickers. */
static void
redraw(struct live *live)
{
   char *text = NULL;
   size_t length = 0;
   FILE *out = open_memstream(&text, &length);
   if (out != NULL) {
      compose(live, out);
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
      expired = live->terminal ? pthread_cond_timedwait(&live->changed, &live->lock, &until)
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

/* The drill's side. */

struct live *
live_new(FILE *out, bool terminal, bool colour)
{
   struct live *live = calloc(1, sizeof *live);
   if (live == NULL) {
      return NULL;
   }
   live->out = out;
   live->terminal = terminal;
   live->colour = colour;
   live->plan = (struct live_plan){.round = 1, .rounds = 1};
   pthread_mutex_init(&live->lock, NULL);
   pthread_condattr_t attributes;
   pthread_condattr_init(&attributes);
   pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
   pthread_cond_init(&live->changed, &attributes);
   pthread_condattr_destroy(&attributes);
   if (terminal) {
      fputs(CURSOR_HIDE, out);
   }
   if (pthread_create(&live->thread, NULL, draw, live) != 0) {
      if (terminal) {
         fputs(CURSOR_SHOW, out);
      }
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
   if (live->terminal) {
      fputs(CURSOR_SHOW, live->out);
      fflush(live->out);
   }
   pthread_cond_destroy(&live->changed);
   pthread_mutex_destroy(&live->lock);
   free(live->plan.phases);
   free(live->queue);
   free(live);
}

/* Text of whole lines. What is beyond the cap, or the memory, is not shown. */
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

static struct live_phase *
add_phase(struct live *live, const char *name)
{
   struct live_plan *plan = &live->plan;
   struct live_phase *larger = reallocarray(plan->phases, plan->count + 1, sizeof *larger);
   if (larger == NULL) {
      return NULL;
   }
   plan->phases = larger;
   struct live_phase *added = &larger[plan->count++];
   *added = (struct live_phase){.step = LIVE_TO_COME};
   snprintf(added->phase.name, sizeof added->phase.name, "%s", name);
   return added;
}

void
live_plan(struct live *live, const char *const *names, size_t count, unsigned rounds)
{
   if (live == NULL) {
      return;
   }
   pthread_mutex_lock(&live->lock);
   live->plan.count = 0;
   live->plan.round = 1;
   live->plan.rounds = rounds == 0 ? 1 : rounds;
   for (size_t i = 0; i < count; i++) {
      add_phase(live, names[i]);
   }
   change(live);
}

static struct live_phase *
find(struct live *live, enum live_step step, const char *name)
{
   for (size_t i = 0; i < live->plan.count; i++) {
      struct live_phase *one = &live->plan.phases[i];
      if (one->step == step && (name == NULL || strcmp(one->phase.name, name) == 0)) {
         return one;
      }
   }
   return NULL;
}

/* A line for the log: of a phase that has ended, or of a round when NULL. */
static void
enqueue_painted(struct live *live, const struct drill_phase *ended)
{
   char *text = NULL;
   size_t length = 0;
   FILE *out = open_memstream(&text, &length);
   if (out == NULL) {
      return;
   }
   struct pen pen = {.out = out, .columns = SAY_MAX - 1};
   if (ended == NULL) {
      live_view_round(&pen, &live->plan);
   } else {
      if (live->plan.rounds > 1) {
         fprintf(out, "round %u  ", live->plan.round);
      }
      live_view_ended(&pen, &live->plan, ended);
   }
   fclose(out);
   enqueue(live, text);
   free(text);
}

/* The phase of that name that comes next, of a new round when all of this one are over. */
static struct live_phase *
next(struct live *live, const char *name)
{
   struct live_plan *plan = &live->plan;
   bool over = find(live, LIVE_TO_COME, NULL) == NULL && find(live, LIVE_RUNNING, NULL) == NULL;
   if (over && plan->round < plan->rounds) {
      if (live->terminal) {
         enqueue_painted(live, NULL);
      }
      plan->round++;
      for (size_t i = 0; i < plan->count; i++) {
         plan->phases[i].step = LIVE_TO_COME;
      }
   }
   struct live_phase *found = find(live, LIVE_TO_COME, name);
   return found != NULL ? found : add_phase(live, name);
}

void
live_phase_begin(struct live *live, const char *name, const char *title)
{
   if (live == NULL) {
      return;
   }
   pthread_mutex_lock(&live->lock);
   struct live_phase *one = next(live, name);
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
   struct live_phase *one = find(live, LIVE_RUNNING, NULL);
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
   struct live_phase *one = find(live, LIVE_RUNNING, phase->name);
   if (one == NULL) {
      one = next(live, phase->name);
   }
   if (one != NULL) {
      one->step = LIVE_DONE;
      one->phase = *phase;
   }
   if (!live->terminal) {
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
   char text[SAY_MAX];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(text, sizeof text - 1, format, arguments);
   va_end(arguments);
   pthread_mutex_lock(&live->lock);
   enqueue(live, text);
   enqueue(live, "\n");
   change(live);
}
