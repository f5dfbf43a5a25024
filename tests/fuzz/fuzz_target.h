/*
 * fuzz_target: what a fuzz target defines, and what it needs: checks, and copies of its input in memory of exactly its
 * size, so that a sanitizer sees any read beyond it.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer calls it, or replay.c without libFuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
require(bool good, const char *what)
{
   if (!good) {
      fprintf(stderr, "expected %s\n", what);
      abort();
   }
}

/* Free it. */
static inline void *
copy_of(const void *bytes, size_t length)
{
   void *copy = malloc(length > 0 ? length : 1);

   require(copy != NULL, "memory");
   if (length > 0) {
      memcpy(copy, bytes, length);
   }
   return copy;
}

/* A copy of the bytes with a NUL at the end; free() it. */
static inline char *
text_of(const void *bytes, size_t length)
{
   char *text = malloc(length + 1);

   require(text != NULL, "memory");
   if (length > 0) {
      memcpy(text, bytes, length);
   }
   text[length] = '\0';
   return text;
}

/* The input's next line, with its length because it may contain a NUL. Moves data and size past it. Free it. */
static inline char *
take_line(const uint8_t **data, size_t *size, size_t *length)
{
   const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
   *length = end == NULL ? *size : (size_t)(end - *data);
   char *line = text_of(*data, *length);
   size_t used = end == NULL ? *length : *length + 1;

   *data += used;
   *size -= used;
   return line;
}

#endif
