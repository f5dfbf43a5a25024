/*
 * leftovers: documents that an invocation may have left behind, as it never learned what became of its insert or
 * delete.
 *
 * They are deleted once the database answers again. A delete that finds nothing is tried again later, a few times: the
 * insert may still be on its way.
 */
#ifndef FAAS_CORE_LEFTOVERS_H
#define FAAS_CORE_LEFTOVERS_H

#include "client.h"

#define LEFTOVERS_MAX 32
#define LEFTOVERS_TRIES 3

struct leftover {
   bson_oid_t id;
   int tries;
};

/* Zeroed is empty. For one thread. */
struct leftovers {
   struct leftover documents[LEFTOVERS_MAX];
   size_t count;
};

/* The oldest is forgotten when there are LEFTOVERS_MAX. */
void leftovers_add(struct leftovers *leftovers, const bson_oid_t *id);

/* Delete all that are there; stops at the first error, and keeps the rest for the next time. */
void leftovers_delete(struct leftovers *leftovers, struct lane *lane, mongoc_collection_t *collection);

#endif
