/*
 * wakeup: an eventfd by which one thread wakes another that polls.
 */
#pragma once

/* Makes descriptor readable. Thread-safe. */
void wakeup_send(int descriptor);

/* Makes a non-blocking descriptor unreadable again. */
void wakeup_clear(int descriptor);
