/*
 * interpose: the program's own socket, connect, close, send, sendmsg, recv, getsockopt, usleep and
 * pthread_cond_timedwait, which the driver calls instead of the C library's and which forward to them.
 *
 * They let connections see every socket in every version and mode of the driver, and they enforce the deadline of an
 * invocation: once the deadline of a thread's lane has passed, the thread's waits end, and its connect and send fail
 * with ETIMEDOUT. (libmongoc waits for a server on a condition, up to serverSelectionTimeoutMS, with no way to
 * interrupt it.) Deadlines do not apply to threads without a lane.
 *
 * The linker puts a program's definitions before those of every library only if their object file is linked in; main
 * calls interpose_install to make sure of that.
 */
#ifndef FAAS_CORE_INTERPOSE_H
#define FAAS_CORE_INTERPOSE_H

#include "faas_harness/provider.h"

#include <stdbool.h>

/* Call before anything else uses a socket. Returns false and fills error when one of the functions has nothing to
 * forward to. */
bool interpose_install(struct faas_error *error);

#endif
