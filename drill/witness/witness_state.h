/*
 * witness_state: what a witness keeps, for the files of this folder only.
 */
#pragma once

#include "witness.h"

#include <pthread.h>

/* lock guards everything. */
struct witness {
   pthread_mutex_t lock;
   struct witness_facts facts;
   uint16_t last_port;
   size_t newest_document; /* index of a handshake, or WITNESS_NONE */
};
