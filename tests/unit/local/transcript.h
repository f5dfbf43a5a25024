/* transcript.h: the result of a JSON stream as text: a line with each value, a line "!Type" for each bad one. */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include <stddef.h>

/* Fed in chunks of chunk_length bytes. Release with free. */
char *transcript_of_stream(const char *text, size_t length, size_t chunk_length, size_t max_value_bytes);

#endif
