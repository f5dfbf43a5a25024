/*
 * live_screen: the log and the block below it as they change on a terminal, or only a log elsewhere.
 */
#pragma once

#include "pen.h"
#include "results.h"

enum live_step {
   LIVE_TO_COME,
   LIVE_RUNNING,
   LIVE_DONE,
};

struct live_phase {
   enum live_step step;
   struct drill_phase phase; /* name only before it runs; name and title while it runs */
   char doing[96];
   int64_t since_us;
   int64_t until_us; /* 0 if unknown */
};

struct live_plan {
   struct live_phase *phases; /* of this round */
   size_t count;
   unsigned round; /* from 1 */
   unsigned rounds;
   bool over; /* the drill is over; a phase that still runs was stopped */
};

#define LIVE_SCREEN_LINES 64

struct live_screen {
   int descriptor;
   bool terminal;
   bool colour;
   unsigned frame;
   unsigned drawn[LIVE_SCREEN_LINES]; /* width of each line of the block on the terminal */
   size_t drawn_count;
};

/* Longest log line, including the NUL. */
#define LIVE_SCREEN_LINE_BYTES 1024

/* Writes the changes as text for the terminal: erases the old block, writes log (whole lines of any text; NULL for
 * none), and draws the block again below it. */
void live_screen_compose(struct live_screen *screen, const char *log, const struct live_plan *plan, FILE *out);

/* Draws a phase that has ended, as one line. */
void live_screen_ended(struct pen *pen, const struct live_plan *plan, const struct drill_phase *phase);

/* Draws a round that has ended, in short. */
void live_screen_round(struct pen *pen, const struct live_plan *plan);
