/*
 * text: makes text from outside fit for one line of JSON or log.
 */
#ifndef FAAS_CORE_TEXT_H
#define FAAS_CORE_TEXT_H

/* Bytes that are no part of a valid UTF-8 sequence (RFC 3629) become '?', in place. */
void text_make_utf8(char *text);

/* Line ends and other control characters become spaces, in place. */
void text_make_one_line(char *text);

#endif
