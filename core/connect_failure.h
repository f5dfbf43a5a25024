/*
 * connect_failure: the newest connection that did not come about, or was of no use, in words. The driver's own errors
 * name the host, but often not the reason.
 */
#ifndef FAAS_CORE_CONNECT_FAILURE_H
#define FAAS_CORE_CONNECT_FAILURE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define CONNECT_FAILURE_MAX 192

/* Note it; error_number 0: it was given up without an answer. Addresses of no network are passed over. Any thread. */
void connect_failure_note(const struct sockaddr *address, socklen_t length, int error_number);

/* Note what was found at the address instead of a MongoDB server. Any thread. */
void connect_failure_note_answer(const struct sockaddr *address, socklen_t length, const char *found);

/* Note that no socket could be had for one. Any thread. */
void connect_failure_note_no_socket(int error_number);

/* The newest since the last call with the same seen, which begins at 0: "127.0.0.1:27017: Connection refused"; empty
 * when there was none. Any thread. */
void connect_failure_take(uint64_t *seen, char *text, size_t size);

#endif
