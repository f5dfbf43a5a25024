/*
 * connect_failure: describes the newest connection that failed, or reached no MongoDB server. The driver's own errors
 * name the host, but often not the reason.
 */
#ifndef FAAS_CORE_CONNECT_FAILURE_H
#define FAAS_CORE_CONNECT_FAILURE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define CONNECT_FAILURE_MAX 192

/* Records a failed connect; error_number 0: the driver gave up before an answer came. Ignores addresses that are not
 * IPv4 or IPv6. Thread-safe. */
void connect_failure_note(const struct sockaddr *address, socklen_t length, int error_number);

/* Records what answered at the address instead of a MongoDB server. Thread-safe. */
void connect_failure_note_answer(const struct sockaddr *address, socklen_t length, const char *found);

/* Records that no socket could be created. Thread-safe. */
void connect_failure_note_no_socket(int error_number);

/* Copies the newest failure since the last call with the same seen, which starts at 0: "127.0.0.1:27017: Connection
 * refused"; empty when there was none. Thread-safe. */
void connect_failure_take(uint64_t *seen, char *text, size_t size);

#endif
