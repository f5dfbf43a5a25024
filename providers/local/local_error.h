/*
 * local_error.h: fills the error that a caller of this provider owns.
 */
#ifndef LOCAL_ERROR_H
#define LOCAL_ERROR_H

#include <faas_harness/provider.h>

/* type is "Category.Reason"; format and what follows make the message, cut to fit. error NULL: nothing happens. */
void local_error_set(struct faas_error *error, const char *type, const char *format, ...)
   __attribute__((format(printf, 3, 4)));

#endif
