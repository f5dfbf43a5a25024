/*
 * transcript: what a JSON stream gives, as text.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "json_stream.h"

#include <stddef.h>
#include <stdio.h>

/* Writes a value, or if that is NULL, why one was refused. */
typedef void transcript_line(FILE *lines, const struct provider_bytes *value, const struct faas_error *error);

/* The bytes are fed in chunks of different lengths up to longest_chunk. Release the text with free. */
char *transcript_of_stream(
   const char *bytes, size_t length, size_t longest_chunk, size_t max_value_bytes, transcript_line *write_line);

#endif
