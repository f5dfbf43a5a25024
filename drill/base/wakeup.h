/*
 * wakeup: an eventfd by which one thread wakes another that polls.
 */
#ifndef FAAS_DRILL_WAKEUP_H
#define FAAS_DRILL_WAKEUP_H

/* Makes descriptor readable. Thread-safe. */
void wakeup_send(int descriptor);

/* Makes a non-blocking descriptor unreadable again. */
void wakeup_clear(int descriptor);

#endif
