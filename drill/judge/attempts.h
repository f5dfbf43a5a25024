/*
 * attempts: finds the next attempt at an operation that a server has shed: in the same session, or by a new client of
 * the same environment if the refused client is not used again.
 */
#pragma once

#include "witness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attempts {
   const struct witness_facts *facts;
   bool alone; /* all connections are of one environment, whatever their owner */
   struct attempts_command {
      size_t later; /* the next one in its session; WITNESS_NONE: it is the last */
      bool opens;   /* it is the first of its session */
      bool taken;   /* it was found as a new client's attempt */
   } *commands;
   struct attempts_connection {
      size_t first; /* its first and last command that is work; WITNESS_NONE: none */
      size_t last;
   } *connections;
};

struct attempt {
   size_t command;
   bool by_new_client;
   int64_t begun_us; /* when its client began: for a new client, when it first connected */
};

/* facts must outlive attempts. Returns false when out of memory. Clear it in any case. */
bool attempts_init(struct attempts *attempts, const struct witness_facts *facts, bool alone);
void attempts_clear(struct attempts *attempts);

/* Finds what followed command index, which failed. Returns false if nothing did. Finds a new client's attempt only
 * once, so ask in the order of the commands. */
bool attempts_next(struct attempts *attempts, size_t index, struct attempt *next);
