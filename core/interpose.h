/*
 * interpose: the program's own connect, close, send, sendmsg, getsockopt, usleep and pthread_cond_timedwait, which the
 * driver calls instead of the C library's and which forward to them.
 *
 * They are what lets connections see every socket in every version and mode of the driver, and what lets an invocation
 * meet its deadline: once it is over, a wait of the thread that runs the scenario ends, and its connect and send fail
 * with ETIMEDOUT. (libmongoc waits for a server on a condition, up to serverSelectionTimeoutMS, with no way to
 * interrupt it.) Other threads' calls are passed through untouched.
 *
 * The linker puts a program's definition before every library's only when the object is linked in: main calls
 * interpose_install for that.
 */
#ifndef FAAS_CORE_INTERPOSE_H
#define FAAS_CORE_INTERPOSE_H

#include "faas_harness/provider.h"

#include <stdbool.h>
#include <stdint.h>

/* False with error when one of them has nothing to forward to. Before anything else uses a socket. */
bool interpose_install(struct faas_error *error);

/* The calling thread, of which there is one in a process, obeys the deadline. */
void interpose_limit_this_thread(void);

/* Its deadline from now on, CLOCK_REALTIME in microseconds; INT64_MAX: none. Any thread. One that is over may be set
 * anew: what the thread still does then works again. */
void interpose_set_deadline(int64_t deadline_unix_us);

/* Whether it is in usleep: there a single-threaded client of libmongoc waits between two looks at its servers. */
bool interpose_limited_thread_sleeps(void);

#endif
