/*
 * crowd: what several workers of the harness are measured against. It runs the same two operations with the same
 * driver, in THREADS threads, over one pool or with a single-threaded client for each. It records and judges nothing.
 *
 * usage: crowd pool|single URI THREADS ROUNDS
 */
#include <mongoc/mongoc.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 64 };

struct crowd {
   const mongoc_uri_t *uri;
   mongoc_client_pool_t *pool; /* NULL: each thread creates a client */
   atomic_long left;
   atomic_bool failed;
};

static bool
insert_and_delete(mongoc_client_t *client, long number, bson_error_t *error)
{
   mongoc_collection_t *collection = mongoc_client_get_collection(client, "faas", "lambda");
   bson_t document = BSON_INITIALIZER;
   bson_t selector = BSON_INITIALIZER;
   bson_oid_t id;
   bson_oid_init(&id, NULL);
   BSON_APPEND_OID(&document, "_id", &id);
   BSON_APPEND_INT64(&document, "invocation", number);
   BSON_APPEND_OID(&selector, "_id", &id);
   bool done = mongoc_collection_insert_one(collection, &document, NULL, NULL, error) &&
               mongoc_collection_delete_one(collection, &selector, NULL, NULL, error);
   bson_destroy(&selector);
   bson_destroy(&document);
   mongoc_collection_destroy(collection);
   return done;
}

static void *
run(void *argument)
{
   struct crowd *crowd = argument;
   mongoc_client_t *own = crowd->pool == NULL ? mongoc_client_new_from_uri(crowd->uri) : NULL;
   for (long number = atomic_fetch_sub(&crowd->left, 1); number > 0; number = atomic_fetch_sub(&crowd->left, 1)) {
      bson_error_t error = {0};
      mongoc_client_t *client = own != NULL ? own : mongoc_client_pool_pop(crowd->pool);
      if (!insert_and_delete(client, number, &error)) {
         (void)fprintf(stderr, "crowd: %s\n", error.message);
         atomic_store(&crowd->failed, true);
         atomic_store(&crowd->left, 0);
      }
      if (own == NULL) {
         mongoc_client_pool_push(crowd->pool, client);
      }
   }
   mongoc_client_destroy(own);
   return NULL;
}

static bool
run_all(struct crowd *crowd, long threads)
{
   pthread_t others[THREADS_MAX];
   long started = 1;
   while (started < threads && pthread_create(&others[started], NULL, run, crowd) == 0) {
      started++;
   }
   (void)run(crowd);
   for (long i = 1; i < started; i++) {
      (void)pthread_join(others[i], NULL);
   }
   return started == threads && !atomic_load(&crowd->failed);
}

int
main(int argc, char **argv)
{
   long threads = argc == 5 ? atol(argv[3]) : 0;
   if (threads < 1 || threads > THREADS_MAX || (strcmp(argv[1], "pool") != 0 && strcmp(argv[1], "single") != 0)) {
      (void)fputs("usage: crowd pool|single URI THREADS ROUNDS\n", stderr);
      return 2;
   }
   bson_error_t error = {0};
   struct crowd crowd = {.left = atol(argv[4])};
   mongoc_init();
   mongoc_uri_t *uri = mongoc_uri_new_with_error(argv[2], &error);
   crowd.uri = uri;
   crowd.pool = uri != NULL && strcmp(argv[1], "pool") == 0 ? mongoc_client_pool_new(uri) : NULL;
   bool good = uri != NULL && run_all(&crowd, threads);
   if (uri == NULL) {
      (void)fprintf(stderr, "crowd: expected a URI, found: %s\n", error.message);
   }
   if (crowd.pool != NULL) {
      mongoc_client_pool_destroy(crowd.pool);
   }
   mongoc_uri_destroy(uri);
   mongoc_cleanup();
   return good ? 0 : 1;
}
