/*
 * witness_state: what a witness keeps, for the files of this folder only.
 */
#ifndef FAAS_DRILL_WITNESS_STATE_H
#define FAAS_DRILL_WITNESS_STATE_H

#include "witness.h"

#include <pthread.h>

struct list {
   void *items;
   size_t count;
   size_t room;
};

/* lock guards everything. */
struct witness {
   pthread_mutex_t lock;
   struct witness_counts counts;
   uint16_t last_port;
   struct list handshakes;
   struct list connections;
   struct list hellos;
   struct list commands;
   struct list unrests;
   struct list refusals;
   struct list lookups;
   bool sees_refused;
};

#endif
