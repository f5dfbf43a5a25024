/*
 * utf8: makes text from outside valid UTF-8.
 */
#ifndef FAAS_CORE_UTF8_H
#define FAAS_CORE_UTF8_H

/* Bytes that are no part of a valid sequence (RFC 3629) become '?', in place. */
void utf8_repair(char *text);

#endif
