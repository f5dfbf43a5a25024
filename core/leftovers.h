/*
 * leftovers: documents that an invocation may have left behind because it never learned the outcome of its insert or
 * delete.
 *
 * They are deleted once the database answers again. A delete that finds nothing is repeated later, a few times: the
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

/* Zeroed, it is empty. Not thread-safe. */
struct leftovers {
   struct leftover documents[LEFTOVERS_MAX];
   size_t count;
};

/* Forgets the oldest when there are LEFTOVERS_MAX already. */
void leftovers_add(struct leftovers *leftovers, const bson_oid_t *id);

/* Deletes the documents; stops at the first error and keeps the rest for the next time. */
void leftovers_delete(struct leftovers *leftovers, struct lane *lane, mongoc_collection_t *collection);

#endif
