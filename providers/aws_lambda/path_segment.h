/*
 * path_segment: any text as one segment of a URL's path (RFC 3986, sections 2.1 and 2.3).
 */
#ifndef AWS_LAMBDA_PATH_SEGMENT_H
#define AWS_LAMBDA_PATH_SEGMENT_H

#include <stddef.h>

/* Of text of so many bytes, with its NUL. */
#define PATH_SEGMENT_SIZE(length) (3 * (length) + 1)

/* Percent-encodes all but the unreserved characters, of at most `length` bytes of text. Returns the end. */
char *path_segment_write(char *to, const char *text, size_t length);

#endif
