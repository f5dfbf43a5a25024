/*
 * live_view: draws the lines of a live plan into a stream; knows no terminal.
 */
#ifndef FAAS_DRILL_LIVE_VIEW_H
#define FAAS_DRILL_LIVE_VIEW_H

#include "live_plan.h"
#include "pen.h"

/* Draws a phase that has ended, as one line. */
void live_view_ended(struct pen *pen, const struct live_plan *plan, const struct drill_phase *phase);

/* Draws a round that has ended, in short. */
void live_view_round(struct pen *pen, const struct live_plan *plan);

/* Draws the block as it is at now_us, in at most rows lines; frame turns the spinner. */
void live_view_block(struct pen *pen, const struct live_plan *plan, unsigned rows, int64_t now_us, unsigned frame);

#endif
