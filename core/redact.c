#include "redact.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SECRETS_MAX 64
#define SHORT_SECRET 4

struct redactor {
   char *secrets[SECRETS_MAX];
   size_t count;
};

struct redactor *
redactor_new(void)
{
   return calloc(1, sizeof(struct redactor));
}

void
redactor_destroy(struct redactor *redactor)
{
   if (redactor == NULL) {
      return;
   }
   for (size_t i = 0; i < redactor->count; i++) {
      free(redactor->secrets[i]);
   }
   free(redactor);
}

static bool
already_known(const struct redactor *redactor, const char *secret)
{
   for (size_t i = 0; i < redactor->count; i++) {
      if (strcmp(redactor->secrets[i], secret) == 0) {
         return true;
      }
   }
   return false;
}

/* Longest first: a secret that contains another is then replaced whole. */
static void
insert_by_length(struct redactor *redactor, char *secret)
{
   size_t at = redactor->count;
   while (at > 0 && strlen(redactor->secrets[at - 1]) < strlen(secret)) {
      redactor->secrets[at] = redactor->secrets[at - 1];
      at--;
   }
   redactor->secrets[at] = secret;
   redactor->count++;
}

static bool
add_span(struct redactor *redactor, const char *start, size_t length)
{
   if (length == 0) {
      return true;
   }
   if (length > REDACT_SECRET_MAX || redactor->count == SECRETS_MAX) {
      return false;
   }
   char *copy = malloc(length + 1);
   if (copy == NULL) {
      return false;
   }
   memcpy(copy, start, length);
   copy[length] = '\0';
   if (already_known(redactor, copy)) {
      free(copy);
      return true;
   }
   insert_by_length(redactor, copy);
   return true;
}

bool
redactor_add(struct redactor *redactor, const char *secret)
{
   return secret == NULL || add_span(redactor, secret, strlen(secret));
}

static int
hex_value(char c)
{
   if (c >= '0' && c <= '9') {
      return c - '0';
   }
   if (c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
   }
   return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
add_percent_decoded(struct redactor *redactor, const char *start, size_t length)
{
   char decoded[REDACT_SECRET_MAX + 1];
   size_t used = 0;
   if (length > REDACT_SECRET_MAX) {
      return false;
   }
   for (size_t i = 0; i < length; i++) {
      if (start[i] == '%' && i + 2 < length && hex_value(start[i + 1]) >= 0 && hex_value(start[i + 2]) >= 0) {
         decoded[used++] = (char)(hex_value(start[i + 1]) * 16 + hex_value(start[i + 2]));
         i += 2;
      } else {
         decoded[used++] = start[i];
      }
   }
   return add_span(redactor, decoded, used);
}

static bool
add_both_forms(struct redactor *redactor, const char *start, size_t length)
{
   return add_span(redactor, start, length) && add_percent_decoded(redactor, start, length);
}

/* A driver that meets an unescaped : / ? or @ in a password takes the pieces for hosts and ports, and quotes them. */
static bool
add_pieces(struct redactor *redactor, const char *start, size_t length)
{
   size_t begin = 0;
   for (size_t i = 0; i <= length; i++) {
      if (i == length || strchr(":/?@,&=", start[i]) != NULL) {
         if (!add_both_forms(redactor, start + begin, i - begin)) {
            return false;
         }
         begin = i + 1;
      }
   }
   return true;
}

/* Everything between the first colon of the user information and the last @ is the password or part of it: where a
 * string is malformed, nobody knows better. */
static bool
add_password(struct redactor *redactor, const char *uri)
{
   const char *authority = strstr(uri, "://");
   const char *start = authority == NULL ? uri : authority + 3;
   const char *at = strrchr(start, '@');
   const char *colon = strchr(start, ':');
   if (at == NULL || colon == NULL || colon > at) {
      return true;
   }
   size_t length = (size_t)(at - colon) - 1;
   return add_both_forms(redactor, colon + 1, length) && add_pieces(redactor, colon + 1, length);
}

static bool
is_secret_option(const char *name, size_t length)
{
   static const char *const names[] = {
      "tlsCertificateKeyFilePassword", "sslClientCertificateKeyPassword", "authMechanismProperties", "proxyPassword"};
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      if (strlen(names[i]) == length && strncasecmp(names[i], name, length) == 0) {
         return true;
      }
   }
   return false;
}

/* authMechanismProperties is a list of NAME:value, of which AWS_SESSION_TOKEN is the secret one. */
static bool
add_option_value(struct redactor *redactor, const char *value, size_t length)
{
   const char *token = NULL;
   for (size_t i = 0; i + 18 <= length; i++) {
      if (strncasecmp(value + i, "AWS_SESSION_TOKEN:", 18) == 0) {
         token = value + i + 18;
         break;
      }
   }
   if (token == NULL) {
      return memchr(value, ':', length) != NULL || add_both_forms(redactor, value, length);
   }
   const char *end = memchr(token, ',', length - (size_t)(token - value));
   size_t token_length = end == NULL ? length - (size_t)(token - value) : (size_t)(end - token);
   return add_both_forms(redactor, token, token_length);
}

static bool
add_options(struct redactor *redactor, const char *uri)
{
   const char *at = strchr(uri, '?');
   while (at != NULL && *at != '\0') {
      const char *name = at + 1;
      size_t length = strcspn(name, "&");
      const char *equals = memchr(name, '=', length);
      if (equals != NULL && is_secret_option(name, (size_t)(equals - name)) &&
          !add_option_value(redactor, equals + 1, length - (size_t)(equals - name) - 1)) {
         return false;
      }
      at = name[length] == '\0' ? NULL : name + length;
   }
   return true;
}

bool
redactor_add_uri(struct redactor *redactor, const char *uri)
{
   return uri == NULL || (add_password(redactor, uri) && add_options(redactor, uri));
}

bool
redactor_add_environment(struct redactor *redactor)
{
   return redactor_add(redactor, getenv("AWS_SECRET_ACCESS_KEY")) &&
          redactor_add(redactor, getenv("AWS_SESSION_TOKEN"));
}

static bool
stands_alone(const char *text, const char *found, size_t length)
{
   bool left = found == text || !isalnum((unsigned char)found[-1]);
   return left && !isalnum((unsigned char)found[length]);
}

static void
replace_all(char *text, const char *secret)
{
   size_t length = strlen(secret);
   size_t stars = length < 3 ? length : 3;
   char *found = text;
   while ((found = strstr(found, secret)) != NULL) {
      if (length < SHORT_SECRET && !stands_alone(text, found, length)) {
         found++;
         continue;
      }
      memset(found, '*', stars);
      memmove(found + stars, found + length, strlen(found + length) + 1);
      found += stars;
   }
}

void
redactor_apply(const struct redactor *redactor, char *text)
{
   if (redactor == NULL || text == NULL) {
      return;
   }
   for (size_t i = 0; i < redactor->count; i++) {
      replace_all(text, redactor->secrets[i]);
   }
}
