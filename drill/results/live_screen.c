#include "live_screen.h"

#include "clock.h"
#include "live_view.h"

#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>

#define CURSOR_HIDE "\x1b[?25l"
#define CURSOR_SHOW "\x1b[?25h"
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
      live_view_block(&pen, plan, rows < LIVE_SCREEN_LINES ? rows : LIVE_SCREEN_LINES, clock_now_us(), screen->frame++);
      screen->drawn_count = pen.lines;
   }
}

void
live_screen_begin(const struct live_screen *screen, FILE *out)
{
   if (screen->terminal) {
      fputs(CURSOR_HIDE, out);
   }
}

void
live_screen_end(const struct live_screen *screen, FILE *out)
{
   if (screen->terminal) {
      fputs(CURSOR_SHOW, out);
      fflush(out);
   }
}
