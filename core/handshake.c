#include "handshake.h"

#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OP_QUERY 2004
#define OP_MSG 2013
#define HEADER_BYTES 16

static int32_t
read_int32(const unsigned char *bytes)
{
   uint32_t value = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
   return (int32_t)value;
}

/* Where the command document begins; 0 when the message is of no kind that carries a hello. */
static size_t
document_offset(const unsigned char *message, size_t length)
{
   if (length < HEADER_BYTES + 8) {
      return 0;
   }
   if (read_int32(message + 12) == OP_MSG) {
      /* flagBits, then a section of kind 0 */
      return message[HEADER_BYTES + 4] == 0 ? HEADER_BYTES + 5 : 0;
   }
   if (read_int32(message + 12) != OP_QUERY) {
      return 0;
   }
   /* flags, fullCollectionName with its NUL, numberToSkip, numberToReturn */
   const unsigned char *name = message + HEADER_BYTES + 4;
   const unsigned char *end = memchr(name, 0, length - HEADER_BYTES - 4);
   return end == NULL ? 0 : (size_t)(end - message) + 1 + 8;
}

static void
read_env_name(struct handshake *handshake, const bson_t *client)
{
   bson_iter_t iter;
   bson_iter_t name;
   if (bson_iter_init(&iter, client) && bson_iter_find_descendant(&iter, "env.name", &name) &&
       BSON_ITER_HOLDS_UTF8(&name)) {
      (void)snprintf(handshake->env_name, sizeof handshake->env_name, "%s", bson_iter_utf8(&name, NULL));
   }
}

void
handshake_init(struct handshake *handshake, const unsigned char *message, size_t length)
{
   memset(handshake, 0, sizeof *handshake);
   size_t offset = document_offset(message, length);
   if (offset == 0 || offset + 5 > length) {
      return;
   }
   int32_t size = read_int32(message + offset);
   bson_t command;
   bson_iter_t iter;
   if (size < 5 || (size_t)size > length - offset || !bson_init_static(&command, message + offset, (size_t)size) ||
       !bson_iter_init_find(&iter, &command, "client") || !BSON_ITER_HOLDS_DOCUMENT(&iter)) {
      return;
   }
   const uint8_t *data = NULL;
   uint32_t data_length = 0;
   bson_t client;
   bson_iter_document(&iter, &data_length, &data);
   if (!bson_init_static(&client, data, data_length)) {
      return;
   }
   char *json = bson_as_relaxed_extended_json(&client, NULL);
   if (json != NULL) {
      handshake->client_json = strdup(json);
      bson_free(json);
   }
   read_env_name(handshake, &client);
}

void
handshake_clear(struct handshake *handshake)
{
   free(handshake->client_json);
   memset(handshake, 0, sizeof *handshake);
}

static bool
is_set(const char *name)
{
   const char *value = getenv(name);
   return value != NULL && value[0] != '\0';
}

static bool
is_aws(void)
{
   const char *execution = getenv("AWS_EXECUTION_ENV");
   return is_set("AWS_LAMBDA_RUNTIME_API") || (execution != NULL && strncmp(execution, "AWS_Lambda_", 11) == 0);
}

const char *
handshake_expected_env(void)
{
   bool vercel = is_set("VERCEL");
   bool aws = is_aws() && !vercel; /* Vercel runs on Lambda, and goes before it */
   bool azure = is_set("FUNCTIONS_WORKER_RUNTIME");
   bool gcp = is_set("K_SERVICE") || is_set("FUNCTION_NAME");
   if ((int)vercel + (int)aws + (int)azure + (int)gcp != 1) {
      return "";
   }
   return vercel ? "vercel" : aws ? "aws.lambda" : azure ? "azure.func" : "gcp.func";
}
