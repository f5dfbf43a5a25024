/*
 * interpose: the program's own connect, close, send, sendmsg, getsockopt, usleep and pthread_cond_timedwait, which the
 * driver calls instead of the C library's and which forward to them.
 *
 * They are what lets connections see every socket in every version and mode of the driver, and what lets an invocation
 * meet its deadline: once that of a thread's lane is over, a wait of the thread ends, and its connect and send fail
 * with ETIMEDOUT. (libmongoc waits for a server on a condition, up to serverSelectionTimeoutMS, with no way to
 * interrupt it.) Calls of threads without a lane are passed through untouched.
 *
 * The linker puts a program's definition before every library's only when the object is linked in: main calls
 * interpose_install for that.
 */
#ifndef FAAS_CORE_INTERPOSE_H
#define FAAS_CORE_INTERPOSE_H

#include "faas_harness/provider.h"

#include <stdbool.h>

/* False with error when one of them has nothing to forward to. Before anything else uses a socket. */
bool interpose_install(struct faas_error *error);

#endif
