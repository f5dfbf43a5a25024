#include "handshake.h"

#include "le32.h"

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
   return (int32_t)le32_read(bytes);
}

/* Returns the offset of the command document; 0 when this kind of message cannot carry a hello. */
static size_t
document_offset(const unsigned char *message, size_t length)
{
   if (length < HEADER_BYTES + 8) {
      return 0;
   }
   if (read_int32(message + 12) == OP_MSG) {
      /* after flagBits, one section of kind 0 */
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

static bool
find(const bson_t *client, const char *path, bson_iter_t *found)
{
   bson_iter_t iter;
   return bson_iter_init(&iter, client) && bson_iter_find_descendant(&iter, path, found);
}

static void
read_env(struct handshake *handshake, const bson_t *client)
{
   bson_iter_t found;
   if (find(client, "env.name", &found) && BSON_ITER_HOLDS_UTF8(&found)) {
      (void)snprintf(handshake->env_name, sizeof handshake->env_name, "%s", bson_iter_utf8(&found, NULL));
   }
   for (size_t i = 0; i < HANDSHAKE_ENV_FIELDS; i++) {
      char path[64];
      (void)snprintf(path, sizeof path, "env.%s", handshake_env_field_name((enum handshake_env_field)i));
      handshake->parts.has[i] = find(client, path, &found);
   }
   handshake->parts.container_outside_env = find(client, "container", &found);
   if (handshake->parts.container_outside_env) {
      handshake->parts.has[HANDSHAKE_ENV_CONTAINER] = true;
   }
}

static uint32_t
text_length(const bson_t *client, const char *path)
{
   bson_iter_t found;
   uint32_t length = 0;
   if (find(client, path, &found) && BSON_ITER_HOLDS_UTF8(&found)) {
      (void)bson_iter_utf8(&found, &length);
   }
   return length;
}

/* Returns the position of an element, from 1; 0 when there is none. */
static size_t
place(const bson_t *client, const char *key)
{
   bson_iter_t iter;
   size_t number = 0;
   bool more = bson_iter_init(&iter, client);
   while (more && bson_iter_next(&iter)) {
      number++;
      if (strcmp(bson_iter_key(&iter), key) == 0) {
         return number;
      }
   }
   return 0;
}

static void
read_parts(struct handshake *handshake, const bson_t *client)
{
   struct handshake_parts *parts = &handshake->parts;
   bson_iter_t found;
   parts->bytes = client->len;
   parts->platform_bytes = text_length(client, "platform");
   parts->platform_after_os = place(client, "platform") > place(client, "os");
   parts->has_application = find(client, "application", &found);
   parts->has_os = find(client, "os", &found) && BSON_ITER_HOLDS_DOCUMENT(&found);
   if (parts->has_os) {
      const uint8_t *data = NULL;
      uint32_t length = 0;
      bson_iter_document(&found, &length, &data);
      /* BSON: an empty document takes 5 bytes; a string takes its type, name, length and final NUL. */
      uint32_t frame = 5;
      if (find(client, "os.type", &found)) {
         frame += 1 + (uint32_t)sizeof "type" + 4 + text_length(client, "os.type") + 1;
      }
      parts->os_bytes = length > frame ? length - frame : 0;
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
   read_env(handshake, &client);
   read_parts(handshake, &client);
}

void
handshake_clear(struct handshake *handshake)
{
   free(handshake->client_json);
   memset(handshake, 0, sizeof *handshake);
}
