/*
 * provider_error: fills the error struct that a caller owns, and makes the JSON that tells a sender of an error.
 */
#ifndef FAAS_PROVIDER_ERROR_H
#define FAAS_PROVIDER_ERROR_H

#include "faas_harness/provider.h"

/* type is "Category.Reason"; the message is formatted from the rest, cut to fit, and made one line of UTF-8 whatever
 * the arguments contain. Does nothing when error is NULL. */
void provider_error_set(struct faas_error *error, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

/* Makes an object with two strings, {TYPE_NAME: type, MESSAGE_NAME: message}. Free it with cJSON_free; NULL when out of
 * memory. */
char *provider_error_json(const char *type_name, const char *type, const char *message_name, const char *message);

#endif
