/*
 * interpose: the program's own connect, close, send, sendmsg, usleep and pthread_cond_timedwait,
 * which the driver calls instead
 * of the C library's and which forward to them.
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

#include <stdint.h>

void interpose_install(void);

/* From now on the calling thread's waits end at this time, CLOCK_REALTIME in microseconds; INT64_MAX: never. */
void interpose_set_thread_deadline(int64_t deadline_unix_us);

#endif
