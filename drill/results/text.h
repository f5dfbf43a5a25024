/*
 * text: texts from outside (a function's error, a server's address) made fit for the place they are shown in, and
 * measured as a terminal shows them. Always valid UTF-8 comes out, whatever went in.
 */
#ifndef FAAS_DRILL_TEXT_H
#define FAAS_DRILL_TEXT_H

#include <stddef.h>

enum text_place {
   TEXT_JSON,     /* anything that is UTF-8 */
   TEXT_XML,      /* no character that XML 1.0 can't have (https://www.w3.org/TR/xml/#charsets) */
   TEXT_TERMINAL, /* one line, without control characters */
};

/* Large enough for any text of struct drill_results. */
#define TEXT_MAX 2048

/* Copies text into out, with U+FFFD for what has no place there; what does not fit is cut between characters. Returns
 * out. */
char *text_clean(char *out, size_t size, const char *text, enum text_place place);

/* Columns of a terminal that clean text takes. */
unsigned text_width(const char *text);

/* Bytes of clean text that fit into columns. */
size_t text_fit(const char *text, unsigned columns);

/* Cuts clean text to columns, with … at its end when something is lost. size is that of the array. */
void text_cut(char *text, size_t size, unsigned columns);

/* Bytes of the next line when clean text is broken at spaces into lines of columns; *rest is set to what follows, NULL
 * at the end. A word that is longer is broken. */
size_t text_line(const char *text, unsigned columns, const char **rest);

#endif
