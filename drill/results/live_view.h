/*
 * live_view: what the live view shows, as plain data, and its lines. Draws into a stream and knows no terminal.
 */
#ifndef FAAS_DRILL_LIVE_VIEW_H
#define FAAS_DRILL_LIVE_VIEW_H

#include "pen.h"
#include "results.h"

#include <stdio.h>

enum live_step {
   LIVE_TO_COME,
   LIVE_RUNNING,
   LIVE_DONE,
};

struct live_phase {
   enum live_step step;
   struct drill_phase phase; /* when to come, its name only; while it runs, name and title */
   char doing[96];
   int64_t since_us;
   int64_t until_us; /* 0: not known */
};

struct live_plan {
   struct live_phase *phases; /* of this round */
   size_t count;
   unsigned round; /* from 1 */
   unsigned rounds;
   bool over; /* a phase that still runs was stopped */
};

/* A phase that has ended, as one line. */
void live_view_ended(struct pen *pen, const struct live_plan *plan, const struct drill_phase *phase);

/* A round that has ended, in short. */
void live_view_round(struct pen *pen, const struct live_plan *plan);

/* The block as it is at now_us, at most rows lines; frame turns the wheel. */
void live_view_block(struct pen *pen, const struct live_plan *plan, unsigned rows, int64_t now_us, unsigned frame);

#endif
