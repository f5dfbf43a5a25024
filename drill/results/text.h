/*
 * text: adapts texts from outside (a function's error, a server's address) to the place where they are shown, and
 * measures them as a terminal shows them. The output is always valid UTF-8, whatever the input.
 */
#pragma once

#include <stddef.h>

enum text_place {
   TEXT_JSON,     /* any UTF-8 */
   TEXT_XML,      /* only characters allowed in XML 1.0 (https://www.w3.org/TR/xml/#charsets) */
   TEXT_TERMINAL, /* one line, without control characters */
};

/* Large enough for any text of struct drill_results. */
#define TEXT_MAX 2048

/* Copies text into out, with U+FFFD for characters that place does not allow. Cuts what does not fit, between
 * characters. Returns out. */
char *text_clean(char *out, size_t size, const char *text, enum text_place place);

/* Columns that clean text takes on a terminal. */
unsigned text_width(const char *text);

/* Bytes of clean text that fit into columns. */
size_t text_fit(const char *text, unsigned columns);

/* Cuts clean text to columns, with … at its end if anything was cut. size is the array's. */
void text_cut(char *text, size_t size, unsigned columns);

/* Bytes of the next line when clean text is broken at spaces into lines of columns. Breaks a longer word. Sets *rest to
 * what follows, or NULL at the end. */
size_t text_line(const char *text, unsigned columns, const char **rest);
