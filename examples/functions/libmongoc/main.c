/* A Lambda function for provided.al2023: it inserts a document and deletes it by its _id. AWS has no runtime library
 * for C, so main() keeps to Lambda's Runtime API itself: it gets an event and posts the answer. */
#include <curl/curl.h>
#include <mongoc/mongoc.h>

#include <stdio.h>
#include <stdlib.h>

/* Returns the answer, which bson_destroy frees; or NULL with error set. */
static bson_t *
handle(mongoc_client_t *client, bson_error_t *error)
{
   bson_oid_t id;
   bson_oid_init(&id, NULL);
   mongoc_collection_t *orders = mongoc_client_get_collection(client, "shop", "orders");
   bson_t *order = BCON_NEW("_id", BCON_OID(&id), "item", BCON_UTF8("coffee"));
   bson_t *selector = BCON_NEW("_id", BCON_OID(&id));
   bson_t reply;
   bson_t *answer = NULL;
   if (mongoc_collection_insert_one(orders, order, NULL, NULL, error)) {
      if (mongoc_collection_delete_one(orders, selector, NULL, &reply, error)) {
         bson_iter_t deleted;
         char body[64];
         bool found = bson_iter_init_find(&deleted, &reply, "deletedCount");
         (void)snprintf(body, sizeof body, "{\"deleted\": %d}", found ? (int)bson_iter_as_int64(&deleted) : 0);
         answer = BCON_NEW("statusCode", BCON_INT32(200), "body", BCON_UTF8(body));
      }
      bson_destroy(&reply);
   }
   bson_destroy(selector);
   bson_destroy(order);
   mongoc_collection_destroy(orders);
   return answer;
}

static size_t
discard(char *data, size_t size, size_t count, void *argument)
{
   (void)data;
   (void)argument;
   return size * count;
}

/* GETs path of the Runtime API, or POSTs body to it. Ends the process when that fails. */
static void
call(CURL *curl, const char *path, const char *body)
{
   char url[512];
   (void)snprintf(
      url, sizeof url, "http://%s/2018-06-01/runtime/invocation/%s", getenv("AWS_LAMBDA_RUNTIME_API"), path);
   curl_easy_setopt(curl, CURLOPT_URL, url);
   curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
   if (body != NULL) {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body);
   }
   CURLcode failed = curl_easy_perform(curl);
   if (failed != CURLE_OK) {
      (void)fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(failed));
      exit(EXIT_FAILURE);
   }
}

int
main(void)
{
   bson_error_t error;
   mongoc_init();
   mongoc_uri_t *uri = mongoc_uri_new_with_error(getenv("MONGODB_URI"), &error);
   if (uri == NULL) {
      (void)fprintf(stderr, "MONGODB_URI: %s\n", error.message);
      return EXIT_FAILURE;
   }
   /* One pool for all invocations of this environment, with the connections it has. */
   mongoc_client_pool_t *pool = mongoc_client_pool_new(uri);
   CURL *curl = curl_easy_init();
   curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
   curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
   for (;;) {
      char path[256];
      struct curl_header *id;
      call(curl, "next", NULL);
      if (curl_easy_header(curl, "Lambda-Runtime-Aws-Request-Id", 0, CURLH_HEADER, -1, &id) != CURLHE_OK) {
         return EXIT_FAILURE;
      }
      mongoc_client_t *client = mongoc_client_pool_pop(pool);
      bson_t *answer = handle(client, &error);
      mongoc_client_pool_push(pool, client);
      (void)snprintf(path, sizeof path, "%s/%s", id->value, answer != NULL ? "response" : "error");
      if (answer == NULL) {
         answer = BCON_NEW("errorType", BCON_UTF8("MongoDB"), "errorMessage", BCON_UTF8(error.message));
      }
      char *json = bson_as_relaxed_extended_json(answer, NULL);
      call(curl, path, json);
      bson_free(json);
      bson_destroy(answer);
   }
}
