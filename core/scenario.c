#include "scenario.h"

#include "client.h"
#include "clock.h"
#include "snapshot.h"

#include <stdio.h>
#include <string.h>

static void
empty_result(struct scenario_result *result)
{
   memset(result, 0, sizeof *result);
   result->insert.acknowledged = OPERATION_NOT_ACKNOWLEDGED;
   result->delete.acknowledged = OPERATION_NOT_ACKNOWLEDGED;
}

void
scenario_init(struct scenario *scenario, struct client *client, struct lane *lane)
{
   memset(scenario, 0, sizeof *scenario);
   scenario->client = client;
   scenario->lane = lane;
   (void)pthread_mutex_init(&scenario->lock, NULL);
   empty_result(&scenario->result);
}

void
scenario_clear(struct scenario *scenario)
{
   (void)pthread_mutex_destroy(&scenario->lock);
}

void
scenario_reset(struct scenario *scenario, uint32_t invocation, bool fresh_ids, int64_t deadline_unix_us)
{
   scenario->fresh_ids = fresh_ids;
   scenario->invocation = invocation;
   scenario->deadline_unix_us = deadline_unix_us;
   empty_result(&scenario->result);
}

void
scenario_peek(struct scenario *scenario, struct scenario_result *result)
{
   (void)pthread_mutex_lock(&scenario->lock);
   *result = scenario->result;
   (void)pthread_mutex_unlock(&scenario->lock);
}

static void
forget(struct leftovers *leftovers, size_t index)
{
   leftovers->count--;
   memmove(&leftovers->documents[index],
           &leftovers->documents[index + 1],
           (leftovers->count - index) * sizeof leftovers->documents[0]);
}

/* Forgets the oldest when there are LEFTOVERS_MAX already. */
static void
leftovers_add(struct leftovers *leftovers, const bson_oid_t *id)
{
   if (leftovers->count == LEFTOVERS_MAX) {
      forget(leftovers, 0);
   }
   leftovers->documents[leftovers->count] = (struct leftover){.tries = 0};
   bson_oid_copy(id, &leftovers->documents[leftovers->count].id);
   leftovers->count++;
}

/* Deletes the documents; stops at the first error and keeps the rest for the next time. */
static void
leftovers_delete(struct leftovers *leftovers, struct lane *lane, mongoc_collection_t *collection)
{
   size_t index = 0;
   while (index < leftovers->count) {
      struct leftover *document = &leftovers->documents[index];
      bson_t selector = BSON_INITIALIZER;
      BSON_APPEND_OID(&selector, "_id", &document->id);
      lane_forget_write(lane);
      bool deleted = mongoc_collection_delete_one(collection, &selector, NULL, NULL, NULL);
      bson_destroy(&selector);
      if (!deleted) {
         return;
      }
      document->tries++;
      if (lane->acknowledged > 0 || document->tries == LEFTOVERS_TRIES) {
         forget(leftovers, index);
      } else {
         index++;
      }
   }
}

typedef bool (*operation_function)(mongoc_collection_t *, const bson_t *, const bson_t *, bson_t *, bson_error_t *);

/* operation is part of scenario->result. */
static void
run_operation(struct scenario *scenario,
              struct operation *operation,
              operation_function function,
              mongoc_collection_t *collection,
              const bson_t *document)
{
   (void)pthread_mutex_lock(&scenario->lock);
   operation->tried = true;
   (void)pthread_mutex_unlock(&scenario->lock);

   lane_forget_write(scenario->lane);
   bson_error_t error = {0};
   int64_t started_us = clock_monotonic_us();
   bool succeeded = function(collection, document, NULL, NULL, &error);
   int64_t duration_us = clock_monotonic_us() - started_us;
   client_redact(scenario->client, error.message);

   (void)pthread_mutex_lock(&scenario->lock);
   operation->ended = true;
   operation->sent = scenario->lane->write_sent;
   operation->duration_us = duration_us;
   operation->acknowledged = scenario->lane->acknowledged;
   operation->ok = succeeded && operation->acknowledged == 1;
   if (!succeeded) {
      (void)snprintf(operation->error,
                     sizeof operation->error,
                     "%s",
                     error.message[0] == '\0' ? "the driver gives no reason" : error.message);
   }
   (void)pthread_mutex_unlock(&scenario->lock);
}

static bool
time_is_left(const struct scenario *scenario)
{
   return scenario->deadline_unix_us == INT64_MAX || clock_unix_us() < scenario->deadline_unix_us;
}

/* Whether the document may be in the database, or may still arrive: only the server's answer, good or bad, settles
 * that. */
static bool
is_in_doubt(struct scenario *scenario)
{
   const struct operation *insert = &scenario->result.insert;
   const struct operation *delete = &scenario->result.delete;
   if (delete->acknowledged > 0) {
      return false;
   }
   bool insert_unanswered = insert->error[0] != '\0' && insert->acknowledged == OPERATION_NOT_ACKNOWLEDGED;
   bool delete_unanswered = !delete->ended || delete->error[0] != '\0';
   return insert_unanswered || (insert->acknowledged > 0 && delete_unanswered);
}

static void
insert_and_delete(struct scenario *scenario, mongoc_client_t *driver)
{
   mongoc_collection_t *collection = mongoc_client_get_collection(driver, SCENARIO_DATABASE, SCENARIO_COLLECTION);
   bson_t document = BSON_INITIALIZER;
   bson_t selector = BSON_INITIALIZER;
   bson_oid_t id;
   if (scenario->fresh_ids) {
      snapshot_fresh_id(&id);
   } else {
      bson_oid_init(&id, NULL);
   }
   BSON_APPEND_OID(&document, "_id", &id);
   BSON_APPEND_INT64(&document, "invocation", scenario->invocation);
   BSON_APPEND_OID(&selector, "_id", &id);

   struct scenario_result *result = &scenario->result;
   run_operation(scenario, &result->insert, mongoc_collection_insert_one, collection, &document);
   /* A failed insert may still have been applied, once it was sent. */
   if (result->insert.sent && time_is_left(scenario)) {
      run_operation(scenario, &result->delete, mongoc_collection_delete_one, collection, &selector);
   }
   if (result->insert.sent && is_in_doubt(scenario)) {
      leftovers_add(&scenario->leftovers, &id);
   }
   bson_destroy(&selector);
   bson_destroy(&document);
   mongoc_collection_destroy(collection);
}

void
scenario_run(void *argument)
{
   struct scenario *scenario = argument;
   mongoc_client_t *driver = client_take(scenario->client, scenario->lane);
   if (driver != NULL) {
      insert_and_delete(scenario, driver);
      client_give_back(scenario->client, driver);
   }
}

bool
scenario_has_leftovers(const struct scenario *scenario)
{
   return scenario->leftovers.count > 0;
}

void
scenario_sweep(void *argument)
{
   struct scenario *scenario = argument;
   mongoc_client_t *driver = client_take(scenario->client, scenario->lane);
   if (driver != NULL) {
      mongoc_collection_t *collection = mongoc_client_get_collection(driver, SCENARIO_DATABASE, SCENARIO_COLLECTION);
      leftovers_delete(&scenario->leftovers, scenario->lane, collection);
      mongoc_collection_destroy(collection);
      client_give_back(scenario->client, driver);
   }
}
