/*
 * bare: what the harness is measured against. It runs the same two operations with the same driver, and records and
 * judges nothing. It has no listeners.
 *
 * usage: bare pool|single URI                   one round for each line on stdin, which it answers with a line
 *        bare pool|single URI THREADS ROUNDS    so many rounds in all, over one pool or with a single-threaded client
 *                                               for each thread
 */
#include <mongoc/mongoc.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

struct bare {
   mongoc_uri_t *uri;
   mongoc_client_pool_t *pool; /* NULL: each thread has a client of its own */
   atomic_long left;
   atomic_bool failed;
};

static bool
write_all(const char *text)
{
   size_t length = strlen(text);
   while (length > 0) {
      ssize_t written = write(STDOUT_FILENO, text, length);
      if (written <= 0) {
         return false;
      }
      text += written;
      length -= (size_t)written;
   }
   return true;
}

/* own: this thread's client, or NULL. */
static bool
insert_and_delete(struct bare *bare, mongoc_client_t *own, int64_t number)
{
   bson_error_t error = {0};
   mongoc_client_t *client = own != NULL ? own : mongoc_client_pool_pop(bare->pool);
   mongoc_collection_t *collection = mongoc_client_get_collection(client, "faas", "lambda");
   bson_t document = BSON_INITIALIZER;
   bson_t selector = BSON_INITIALIZER;
   bson_oid_t id;
   bson_oid_init(&id, NULL);
   BSON_APPEND_OID(&document, "_id", &id);
   BSON_APPEND_INT64(&document, "invocation", number);
   BSON_APPEND_OID(&selector, "_id", &id);
   bool done = mongoc_collection_insert_one(collection, &document, NULL, NULL, &error) &&
               mongoc_collection_delete_one(collection, &selector, NULL, NULL, &error);
   if (!done) {
      (void)fprintf(stderr, "bare: %s\n", error.message);
   }
   bson_destroy(&selector);
   bson_destroy(&document);
   mongoc_collection_destroy(collection);
   if (own == NULL) {
      mongoc_client_pool_push(bare->pool, client);
   }
   return done;
}

static mongoc_client_t *
own_client(const struct bare *bare)
{
   return bare->pool == NULL ? mongoc_client_new_from_uri(bare->uri) : NULL;
}

static bool
answer_lines(struct bare *bare)
{
   char chunk[4096];
   ssize_t length = 0;
   int64_t rounds = 0;
   bool good = true;
   mongoc_client_t *own = own_client(bare);
   while (good && (length = read(STDIN_FILENO, chunk, sizeof chunk)) > 0) {
      for (ssize_t i = 0; good && i < length; i++) {
         good = chunk[i] != '\n' || (insert_and_delete(bare, own, ++rounds) && write_all("pass\n"));
      }
   }
   mongoc_client_destroy(own);
   return good && length == 0;
}

static void *
run(void *argument)
{
   struct bare *bare = argument;
   mongoc_client_t *own = own_client(bare);
   for (long number = atomic_fetch_sub(&bare->left, 1); number > 0; number = atomic_fetch_sub(&bare->left, 1)) {
      if (!insert_and_delete(bare, own, number)) {
         atomic_store(&bare->failed, true);
         atomic_store(&bare->left, 0);
      }
   }
   mongoc_client_destroy(own);
   return NULL;
}

static bool
run_all(struct bare *bare, long threads)
{
   pthread_t others[THREADS_MAX];
   long started = 1;
   while (started < threads && pthread_create(&others[started], NULL, run, bare) == 0) {
      started++;
   }
   (void)run(bare);
   for (long i = 1; i < started; i++) {
      (void)pthread_join(others[i], NULL);
   }
   return started == threads && !atomic_load(&bare->failed);
}

int
main(int argc, char **argv)
{
   long threads = argc == 5 ? atol(argv[3]) : 1;
   if ((argc != 3 && argc != 5) || threads < 1 || threads > THREADS_MAX ||
       (strcmp(argv[1], "pool") != 0 && strcmp(argv[1], "single") != 0)) {
      (void)fputs("usage: bare pool|single URI [THREADS ROUNDS]\n", stderr);
      return 2;
   }
   bson_error_t error = {0};
   struct bare bare = {.left = argc == 5 ? atol(argv[4]) : 0};
   mongoc_init();
   bare.uri = mongoc_uri_new_with_error(argv[2], &error);
   bool good = bare.uri != NULL;
   if (!good) {
      (void)fprintf(stderr, "bare: expected a client of that URI, found: %s\n", error.message);
   } else if (strcmp(argv[1], "pool") == 0) {
      bare.pool = mongoc_client_pool_new(bare.uri);
   }
   good = good && (argc == 5 ? run_all(&bare, threads) : answer_lines(&bare));
   if (bare.pool != NULL) {
      mongoc_client_pool_destroy(bare.pool);
   }
   mongoc_uri_destroy(bare.uri);
   mongoc_cleanup();
   return good ? 0 : 1;
}
