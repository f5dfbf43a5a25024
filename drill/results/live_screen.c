#include "live_screen.h"

#include "clock.h"
#include "text.h"

#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>

/* --- lines -------------------------------------------------------------------------------------------------------- */

#define BAR_MAX 32
#define BAR_MIN 6

static const char *const WHEEL[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};

static unsigned
name_column_end(const struct live_plan *plan)
{
   unsigned widest = 5;
   for (size_t i = 0; i < plan->count; i++) {
      unsigned width = text_width(plan->phases[i].phase.name);
      widest = width > widest ? width : widest;
   }
   return 2 + widest;
}

static void
ended(struct pen *pen, const struct drill_phase *phase, unsigned name_end)
{
   char text[PEN_DURATION];
   pen_symbol(pen, phase->verdict);
   pen_move(pen, 2);
   pen_put(pen, PEN_PLAIN, phase->name);
   pen_move(pen, name_end + 2);
   pen_put(pen, pen_verdict_style(phase->verdict), drill_verdict_name(phase->verdict));
   bool timed = phase->start_ms >= 0 && phase->end_ms >= phase->start_ms;
   pen_right(pen, PEN_PLAIN, name_end + 20, timed ? pen_duration(text, phase->end_ms - phase->start_ms) : "");
   pen_move(pen, name_end + 22);
   if (phase->verdict != DRILL_PASS) {
      pen_put(pen, phase->verdict == DRILL_FAIL ? PEN_RED : PEN_DIM, phase->reason);
   } else if (phase->recover_ms >= 0) {
      pen_format(pen, PEN_DIM, "recovered in %s", pen_duration(text, phase->recover_ms));
   }
   pen_end(pen);
}

void
live_screen_ended(struct pen *pen, const struct live_plan *plan, const struct drill_phase *phase)
{
   ended(pen, phase, name_column_end(plan));
}

void
live_screen_round(struct pen *pen, const struct live_plan *plan)
{
   pen_format(pen, PEN_DIM, "round %u of %u ", plan->round, plan->rounds);
   for (size_t i = 0; i < plan->count; i++) {
      if (plan->phases[i].step == LIVE_DONE) {
         pen_put(pen, PEN_PLAIN, " ");
         pen_symbol(pen, plan->phases[i].phase.verdict);
         pen_format(pen, PEN_DIM, " %s", plan->phases[i].phase.name);
      }
   }
   pen_end(pen);
}

static void
bar(struct pen *pen, double done)
{
   unsigned room = pen->columns > pen->at + 2 ? pen->columns - pen->at - 2 : 0;
   if (room < BAR_MIN) {
      return;
   }
   unsigned width = room < BAR_MAX ? room : BAR_MAX;
   unsigned filled = (unsigned)((double)width * done + 0.5);
   pen_put(pen, PEN_PLAIN, "  ");
   for (unsigned i = 0; i < width; i++) {
      pen_put(pen, i < filled ? PEN_GREEN : PEN_DIM, i < filled ? "━" : "╌");
   }
}

static void
doing(struct pen *pen, const struct live_phase *live, unsigned column, int64_t now_us)
{
   int64_t seconds = (now_us - live->since_us) / 1000000;
   pen_move(pen, column);
   pen_put(pen, PEN_PLAIN, live->doing);
   if (live->until_us > now_us) {
      double whole = (double)(live->until_us - live->since_us);
      double done = whole > 0 ? (double)(now_us - live->since_us) / whole : 1;
      pen_format(pen, PEN_BOLD, "  %lld s left", (long long)((live->until_us - now_us + 999999) / 1000000));
      bar(pen, done < 0 ? 0 : done);
   } else if (live->doing[0] != '\0' && seconds > 0) {
      pen_format(pen, PEN_DIM, "  %lld s", (long long)seconds);
   }
   pen_end(pen);
}

/* Lines that a phase takes. */
static unsigned
height(const struct live_plan *plan, const struct live_phase *live)
{
   return live->step == LIVE_RUNNING && !plan->over ? 2 : 1;
}

static void
running(struct pen *pen, const struct live_phase *live, unsigned column, int64_t now_us, unsigned frame)
{
   pen_put(pen, PEN_YELLOW, WHEEL[frame % (sizeof WHEEL / sizeof WHEEL[0])]);
   pen_move(pen, 2);
   pen_put(pen, PEN_BOLD, live->phase.name);
   pen_move(pen, column);
   pen_put(pen, PEN_PLAIN, live->phase.title);
   pen_end(pen);
   doing(pen, live, column, now_us);
}

static void
waiting(struct pen *pen, const struct live_phase *live, unsigned column)
{
   pen_put(pen, PEN_DIM, live->step == LIVE_RUNNING ? "–" : "·");
   pen_move(pen, 2);
   pen_put(pen, PEN_DIM, live->phase.name);
   if (live->step == LIVE_RUNNING) {
      pen_move(pen, column);
      pen_put(pen, PEN_YELLOW, "stopped");
   }
   pen_end(pen);
}

/* The first phase to show: in a low window, finished phases give way to the running one, and phases to come are cut
 * off. */
static size_t
first_shown(const struct live_plan *plan, unsigned rows)
{
   size_t first = 0;
   size_t last = plan->count;
   for (size_t i = 0; i < plan->count; i++) {
      if (plan->phases[i].step == LIVE_RUNNING) {
         last = i + 1;
         break;
      }
   }
   unsigned needed = 0;
   for (size_t i = 0; i < last; i++) {
      needed += height(plan, &plan->phases[i]);
   }
   while (first + 1 < last && needed > rows) {
      needed -= height(plan, &plan->phases[first++]);
   }
   return first;
}

/* Draws the block as it is at now_us, in at most rows lines; frame turns the spinner. */
static void
draw_block(struct pen *pen, const struct live_plan *plan, unsigned rows, int64_t now_us, unsigned frame)
{
   unsigned name_end = name_column_end(plan);
   if (plan->rounds > 1 && rows > 3) {
      pen_format(pen, PEN_DIM, "round %u of %u", plan->round, plan->rounds);
      pen_end(pen);
      rows--;
   }
   for (size_t i = first_shown(plan, rows); i < plan->count; i++) {
      if (height(plan, &plan->phases[i]) > rows) {
         return;
      }
      rows -= height(plan, &plan->phases[i]);
      const struct live_phase *one = &plan->phases[i];
      if (one->step == LIVE_DONE) {
         ended(pen, &one->phase, name_end);
      } else if (one->step == LIVE_RUNNING && !plan->over) {
         running(pen, one, name_end + 2, now_us, frame);
      } else {
         waiting(pen, one, name_end + 2);
      }
   }
}

/* --- the terminal ------------------------------------------------------------------------------------------------- */

#define CURSOR_UP "\x1b[%uA"
#define ERASE_BELOW "\x1b[J"

struct window {
   unsigned columns;
   unsigned rows;
};

/* Asks each time, so no handler of SIGWINCH is needed. */
static struct window
window_of(const struct live_screen *screen)
{
   struct window window = {.columns = UINT_MAX, .rows = UINT_MAX};
   if (screen->terminal) {
      struct winsize size = {0};
      bool known = ioctl(screen->descriptor, TIOCGWINSZ, &size) == 0;
      window.columns = known && size.ws_col > 0 ? size.ws_col : 80;
      window.rows = known && size.ws_row > 0 ? size.ws_row : 24;
   }
   return window;
}

/* Rows that the block takes now: a terminal made narrower wraps its lines. */
static unsigned
rows_drawn(const struct live_screen *screen, unsigned columns)
{
   unsigned rows = 0;
   for (size_t i = 0; i < screen->drawn_count; i++) {
      rows += screen->drawn[i] <= columns ? 1 : (screen->drawn[i] + columns - 1) / columns;
   }
   return rows;
}

static void
draw_log(struct pen *pen, const char *log)
{
   for (const char *line = log; line != NULL && *line != '\0';) {
      size_t length = strcspn(line, "\n");
      char text[LIVE_SCREEN_LINE_BYTES];
      snprintf(text, sizeof text, "%.*s", (int)length, line);
      pen_wrap(pen, PEN_PLAIN, 2, text);
      line += length + 1;
   }
}

void
live_screen_compose(struct live_screen *screen, const char *log, const struct live_plan *plan, FILE *out)
{
   struct window window = window_of(screen);
   struct pen pen = {.out = out, .colour = screen->colour, .columns = window.columns};
   unsigned above = rows_drawn(screen, window.columns);
   if (above > 0) {
      fprintf(out, CURSOR_UP, above);
   }
   if (screen->terminal) {
      fputs("\r" ERASE_BELOW, out);
   }
   draw_log(&pen, log);
   if (screen->terminal) {
      pen.widths = screen->drawn;
      pen.room = LIVE_SCREEN_LINES;
      pen.lines = 0;
      unsigned rows = window.rows > 1 ? window.rows - 1 : 1;
      draw_block(&pen, plan, rows < LIVE_SCREEN_LINES ? rows : LIVE_SCREEN_LINES, clock_now_us(), screen->frame++);
      screen->drawn_count = pen.lines;
   }
}
