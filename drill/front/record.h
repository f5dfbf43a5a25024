/*
 * record: the inserts and deletes that the server behind applied, document by document.
 */
#pragma once

#include "command.h"
#include "front.h"

struct record;

/* record_new returns NULL when out of memory. record_destroy accepts NULL. */
struct record *record_new(void);
void record_destroy(struct record *record);

/* A command on its way to the server; free it with record_write_destroy. record_write_new returns NULL if the command
 * is neither insert nor delete, or when out of memory. */
struct record_write;
struct record_write *
record_write_new(struct record *record, const struct wire_message *message, const struct command *command);
void record_write_destroy(struct record_write *write);

/* Records the outcome of the write. reply NULL: none came. A reply with ok: 0 means that nothing was applied. */
void record_add(
   struct record *record, const struct record_write *write, const bson_t *reply, bool reply_lost, uint16_t client_port);

/* Copies all writes, in order; free() the result. Returns NULL with *count 0 if there are none, or when out of memory.
 * *complete is then false, as it is when a write was left out: there are a million already, or memory ran out. complete
 * may be NULL. */
struct witness_write *record_copy(struct record *record, size_t *count, bool *complete);
