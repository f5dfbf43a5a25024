#include "redact.h"

#include "error.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SECRETS_MAX 64
#define SHORT_SECRET 4
#define OUT_OF_MEMORY "out of memory for the secrets to redact"

/* At the end of a cut text, a piece of a secret counts from this many bytes on; a shorter one could be anything. */
#define PART_MIN 8

/* Secrets are searched for by their first bytes, at most this many. */
#define KEY_MAX 32

struct secret {
   char *text;
   size_t length;
   char key[KEY_MAX + 1]; /* its first bytes */
};

struct redactor {
   struct secret secrets[SECRETS_MAX];
   size_t count;
   bool first[UCHAR_MAX + 1]; /* the bytes that a secret may begin with */
};

struct redactor *
redactor_new(struct faas_error *error)
{
   struct redactor *redactor = calloc(1, sizeof *redactor);
   if (redactor == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", OUT_OF_MEMORY);
   }
   return redactor;
}

void
redactor_destroy(struct redactor *redactor)
{
   if (redactor == NULL) {
      return;
   }
   for (size_t i = 0; i < redactor->count; i++) {
      free(redactor->secrets[i].text);
   }
   free(redactor);
}

static bool
already_known(const struct redactor *redactor, const char *secret)
{
   for (size_t i = 0; i < redactor->count; i++) {
      if (strcmp(redactor->secrets[i].text, secret) == 0) {
         return true;
      }
   }
   return false;
}

/* Keeps the longest secrets first, so that a secret that contains another is replaced as a whole. */
static void
insert_by_length(struct redactor *redactor, char *text, size_t length)
{
   size_t at = redactor->count;
   while (at > 0 && redactor->secrets[at - 1].length < length) {
      redactor->secrets[at] = redactor->secrets[at - 1];
      at--;
   }
   redactor->secrets[at] = (struct secret){.text = text, .length = length};
   memcpy(redactor->secrets[at].key, text, length < KEY_MAX ? length : KEY_MAX);
   redactor->first[(unsigned char)text[0]] = true;
   redactor->count++;
}

bool
redactor_add_bytes(struct redactor *redactor, const char *start, size_t most, struct faas_error *error)
{
   size_t length = strnlen(start, most);
   if (length == 0) {
      return true;
   }
   if (length > REDACT_SECRET_MAX) {
      faas_error_set(error, "Harness.BadSecret", "a secret is longer than %d bytes", REDACT_SECRET_MAX);
      return false;
   }
   if (redactor->count == SECRETS_MAX) {
      faas_error_set(error, "Harness.BadSecret", "more than %d secrets to redact", SECRETS_MAX);
      return false;
   }
   char *copy = malloc(length + 1);
   if (copy == NULL) {
      faas_error_set(error, "Harness.OutOfMemory", OUT_OF_MEMORY);
      return false;
   }
   memcpy(copy, start, length);
   copy[length] = '\0';
   if (already_known(redactor, copy)) {
      free(copy);
      return true;
   }
   insert_by_length(redactor, copy, length);
   return true;
}

bool
redactor_add(struct redactor *redactor, const char *secret, struct faas_error *error)
{
   return secret == NULL || redactor_add_bytes(redactor, secret, strlen(secret), error);
}

bool
redactor_add_environment(struct redactor *redactor, struct faas_error *error)
{
   return redactor_add(redactor, getenv("AWS_SECRET_ACCESS_KEY"), error) &&
          redactor_add(redactor, getenv("AWS_SESSION_TOKEN"), error) &&
          redactor_add(redactor, getenv("__OW_API_KEY"), error);
}

static bool
stands_alone(const char *text, const char *found, size_t length)
{
   bool left = found == text || !isalnum((unsigned char)found[-1]);
   return left && !isalnum((unsigned char)found[length]);
}

/* Replaces length bytes by asterisks. Returns where the text continues. */
static char *
star(char *found, size_t length)
{
   size_t stars = length < 3 ? length : 3;
   memset(found, '*', stars);
   memmove(found + stars, found + length, strlen(found + length) + 1);
   return found + stars;
}

/* Returns whether part of the secret is still there. */
static bool
replace_whole(char *text, const struct secret *secret)
{
   bool part_left = false;
   char *found = text;
   while ((found = strstr(found, secret->key)) != NULL) {
      if (secret->length > KEY_MAX && strncmp(found, secret->text, secret->length) != 0) {
         part_left = true;
         found++;
      } else if (secret->length < SHORT_SECRET && !stands_alone(text, found, secret->length)) {
         found++;
      } else {
         found = star(found, secret->length);
      }
   }
   return part_left;
}

/* Returns the length of the longest match between the beginning of text and that of any secret. */
static size_t
agreement(const struct redactor *redactor, const char *text)
{
   size_t longest = 0;
   for (size_t i = 0; i < redactor->count; i++) {
      size_t length = 0;
      while (text[length] != '\0' && text[length] == redactor->secrets[i].text[length]) {
         length++;
      }
      longest = length > longest ? length : longest;
   }
   return longest;
}

/* Replaces the beginnings of long secrets whose end was cut off or changed. */
static void
replace_parts(const struct redactor *redactor, char *text)
{
   for (size_t i = 0; i < redactor->count && redactor->secrets[i].length > KEY_MAX; i++) {
      char *found = text;
      while ((found = strstr(found, redactor->secrets[i].key)) != NULL) {
         found = star(found, agreement(redactor, found));
      }
   }
}

/* Replaces the end of a text that was cut within a secret. */
static void
replace_tail(const struct redactor *redactor, char *text)
{
   size_t length = strlen(text);
   for (size_t at = length < KEY_MAX ? 0 : length - KEY_MAX; at + PART_MIN <= length; at++) {
      if (redactor->first[(unsigned char)text[at]] && agreement(redactor, text + at) == length - at) {
         (void)star(text + at, length - at);
         return;
      }
   }
}

void
redactor_apply(const struct redactor *redactor, char *text)
{
   if (redactor == NULL || text == NULL) {
      return;
   }
   bool part_left = false;
   for (size_t i = 0; i < redactor->count; i++) {
      part_left = replace_whole(text, &redactor->secrets[i]) || part_left;
   }
   if (part_left) {
      replace_parts(redactor, text);
   }
   if (redactor->count > 0) {
      replace_tail(redactor, text);
   }
}
