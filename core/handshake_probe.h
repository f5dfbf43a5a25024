/*
 * handshake_probe: the client document that the driver sends when the connection string adds nothing to it.
 *
 * A driver that had to shorten its platform leaves no trace of how long it was. Without an appName there is more room,
 * so the same driver may send all of it. Nobody is connected to: a stream of our own takes the first message and fails.
 */
#ifndef FAAS_CORE_HANDSHAKE_PROBE_H
#define FAAS_CORE_HANDSHAKE_PROBE_H

#include "handshake.h"

/* Into handshake, to be cleared; nothing is seen (client_json is NULL) when the driver sends none. The driver has to be
 * initialised. Thread-safe. */
void handshake_probe(struct handshake *handshake);

/* handshake_size_judge, with a probe where what was sent alone does not explain a missing env. */
void
handshake_probe_size(struct handshake_size *size, const struct handshake *sent, const struct handshake_env *expected);

#endif
