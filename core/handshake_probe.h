/*
 * handshake_probe: looks at the driver's handshake for assertions and report, and finds the client document that the
 * driver sends when the connection string adds nothing to it.
 *
 * Once the driver has shortened its platform, nothing shows how long it was. Without an appName there is more room, so
 * the same driver may send all of it. The probe connects to no server: a stream of our own takes the first message and
 * fails.
 */
#ifndef FAAS_CORE_HANDSHAKE_PROBE_H
#define FAAS_CORE_HANDSHAKE_PROBE_H

#include "handshake.h"
#include "redact.h"

/* What is known of the driver's handshake, once its first message was seen. */
struct handshake_seen {
   struct handshake sent;         /* its client_json is NULL until then */
   struct handshake_env expected; /* as the driver read the environment when it was initialised */
   struct handshake_size size;
   char *json; /* the client document without secrets; NULL until then */
};

/* Call once the driver is initialised, while the environment is the same. */
void handshake_seen_init(struct handshake_seen *seen);
void handshake_seen_clear(struct handshake_seen *seen);

/* Reads the first message that the driver sent, if nothing was seen yet; length 0: none so far. */
void handshake_seen_look(struct handshake_seen *seen,
                         const unsigned char *message,
                         size_t length,
                         const struct redactor *redactor);

/* Whether the driver sends client.env. */
bool handshake_driver_sends_env(void);

/* Fills handshake; clear it afterwards. client_json is NULL when the driver sends no client document. The driver must
 * be initialised. Thread-safe. */
void handshake_probe(struct handshake *handshake);

#endif
