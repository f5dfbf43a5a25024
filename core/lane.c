#include "lane.h"

#include <stddef.h>

/* Thread-local, because neither the driver's callbacks nor interposed calls have a parameter that could carry it. */
static _Thread_local struct lane *current;

static _Atomic(uint64_t) newest_turn;

void
lane_init(struct lane *lane, unsigned number)
{
   lane->number = number;
   atomic_init(&lane->turn, 0);
   atomic_init(&lane->deadline_unix_us, INT64_MAX);
   atomic_init(&lane->sleeps, false);
   lane_forget_write(lane);
}

void
lane_enter(struct lane *lane)
{
   current = lane;
}

struct lane *
lane_current(void)
{
   return current;
}

unsigned
lane_current_number(void)
{
   return current == NULL ? 0 : current->number;
}

void
lane_begin_turn(struct lane *lane)
{
   atomic_store(&lane->turn, atomic_fetch_add(&newest_turn, 1) + 1);
}

void
lane_forget_write(struct lane *lane)
{
   lane->write_sent = false;
   lane->acknowledged = -1;
}
