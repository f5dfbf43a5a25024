/*
 * path_segment: encodes any text as one segment of a URL's path (RFC 3986, sections 2.1 and 2.3).
 */
#ifndef AWS_LAMBDA_PATH_SEGMENT_H
#define AWS_LAMBDA_PATH_SEGMENT_H

#include <stddef.h>

/* The most bytes that a text of this length takes, including the NUL. */
#define PATH_SEGMENT_SIZE(length) (3 * (length) + 1)

/* Percent-encodes at most `length` bytes of text, except unreserved characters. Returns the end. */
char *path_segment_write(char *to, const char *text, size_t length);

#endif
