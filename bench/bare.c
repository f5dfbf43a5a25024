/*
 * bare: what the harness is measured against. It runs the same two operations with the same driver, one round for each
 * line on stdin, and answers each with a line. It has no listeners and no thread of its own, and records and judges
 * nothing.
 *
 * usage: bare pool|single URI
 */
#include <mongoc/mongoc.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct bare {
   mongoc_client_pool_t *pool; /* NULL: single is used */
   mongoc_client_t *single;
   int64_t rounds;
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

static bool
insert_and_delete(struct bare *bare, bson_error_t *error)
{
   mongoc_client_t *client = bare->pool == NULL ? bare->single : mongoc_client_pool_pop(bare->pool);
   mongoc_collection_t *collection = mongoc_client_get_collection(client, "faas", "lambda");
   bson_t document = BSON_INITIALIZER;
   bson_t selector = BSON_INITIALIZER;
   bson_oid_t id;
   bson_oid_init(&id, NULL);
   BSON_APPEND_OID(&document, "_id", &id);
   BSON_APPEND_INT64(&document, "invocation", ++bare->rounds);
   BSON_APPEND_OID(&selector, "_id", &id);
   bool done = mongoc_collection_insert_one(collection, &document, NULL, NULL, error) &&
               mongoc_collection_delete_one(collection, &selector, NULL, NULL, error);
   bson_destroy(&selector);
   bson_destroy(&document);
   mongoc_collection_destroy(collection);
   if (bare->pool != NULL) {
      mongoc_client_pool_push(bare->pool, client);
   }
   return done;
}

static bool
answer_lines(struct bare *bare)
{
   char chunk[4096];
   ssize_t length = 0;
   while ((length = read(STDIN_FILENO, chunk, sizeof chunk)) > 0) {
      for (ssize_t i = 0; i < length; i++) {
         bson_error_t error = {0};
         if (chunk[i] != '\n') {
            continue;
         }
         if (!insert_and_delete(bare, &error)) {
            (void)fprintf(stderr, "bare: %s\n", error.message);
            return false;
         }
         if (!write_all("pass\n")) {
            return false;
         }
      }
   }
   return length == 0;
}

static bool
connect_client(struct bare *bare, const char *mode, const char *uri_text)
{
   bson_error_t error = {0};
   mongoc_uri_t *uri = mongoc_uri_new_with_error(uri_text, &error);
   bool made = false;
   if (uri != NULL && strcmp(mode, "pool") == 0) {
      bare->pool = mongoc_client_pool_new_with_error(uri, &error);
      made = bare->pool != NULL && mongoc_client_pool_set_error_api(bare->pool, MONGOC_ERROR_API_VERSION_2);
   } else if (uri != NULL) {
      bare->single = mongoc_client_new_from_uri_with_error(uri, &error);
      made = bare->single != NULL && mongoc_client_set_error_api(bare->single, MONGOC_ERROR_API_VERSION_2);
   }
   if (!made) {
      (void)fprintf(stderr, "bare: expected a client of that URI, found: %s\n", error.message);
   }
   mongoc_uri_destroy(uri);
   return made;
}

int
main(int argc, char **argv)
{
   if (argc != 3 || (strcmp(argv[1], "pool") != 0 && strcmp(argv[1], "single") != 0)) {
      (void)fputs("usage: bare pool|single URI\n", stderr);
      return 2;
   }
   struct bare bare = {0};
   mongoc_init();
   bool good = connect_client(&bare, argv[1], argv[2]) && answer_lines(&bare);
   if (bare.pool != NULL) {
      mongoc_client_pool_destroy(bare.pool);
   }
   mongoc_client_destroy(bare.single);
   mongoc_cleanup();
   return good ? 0 : 1;
}
