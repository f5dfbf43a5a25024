/*
 * handshake_probe: finds the client document that the driver sends when the connection string adds nothing to it.
 *
 * Once the driver has shortened its platform, nothing shows how long it was. Without an appName there is more room, so
 * the same driver may send all of it. The probe connects to no server: a stream of our own takes the first message and
 * fails.
 */
#ifndef FAAS_CORE_HANDSHAKE_PROBE_H
#define FAAS_CORE_HANDSHAKE_PROBE_H

#include "handshake.h"

/* Fills handshake; clear it afterwards. client_json is NULL when the driver sends no client document. The driver must
 * be initialised. Thread-safe. */
void handshake_probe(struct handshake *handshake);

/* As handshake_size_judge, with a probe if the document that was sent does not by itself explain a missing env. */
void
handshake_probe_size(struct handshake_size *size, const struct handshake *sent, const struct handshake_env *expected);

#endif
