/*
 * record: the inserts and deletes that the server behind applied, document by document.
 */
#ifndef FAAS_DRILL_RECORD_H
#define FAAS_DRILL_RECORD_H

#include "command.h"
#include "front.h"

struct record;

/* NULL without memory. destroy takes NULL. */
struct record *record_new(void);
void record_destroy(struct record *record);

/* A command on its way to the server, NULL when it is neither insert nor delete; free with record_write_destroy. */
struct record_write;
struct record_write *record_write_new(const struct wire_message *message, const struct command *command);
void record_write_destroy(struct record_write *write);

/* What became of it. reply NULL: none came. A reply with ok: 0 means that nothing was applied. */
void record_add(
   struct record *record, const struct record_write *write, const bson_t *reply, bool reply_lost, uint16_t client_port);

struct front_write *record_copy(const struct record *record, size_t *count);

#endif
