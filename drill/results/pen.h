/*
 * pen: writes lines that never exceed the terminal's width, in colour or without. Cleans every text for a terminal.
 */
#pragma once

#include "results.h"

#include <stdio.h>

enum pen_style {
   PEN_PLAIN,
   PEN_BOLD,
   PEN_DIM,
   PEN_GREEN,
   PEN_RED,
   PEN_YELLOW,
   PEN_GOOD, /* bold green */
   PEN_BAD,  /* bold red */
};

struct pen {
   FILE *out;
   bool colour;
   unsigned columns;
   unsigned at;      /* columns used in this line */
   unsigned *widths; /* of the first room lines that end; may be NULL */
   size_t room;
   size_t lines; /* lines ended */
};

/* Cuts what does not fit, and puts … at its end. */
void pen_put(struct pen *pen, enum pen_style style, const char *text);
void pen_format(struct pen *pen, enum pen_style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds spaces up to that column; none if the line is already there. */
void pen_move(struct pen *pen, unsigned column);

/* Writes text so that it ends before that column. */
void pen_right(struct pen *pen, enum pen_style style, unsigned column, const char *text);

/* Wraps text over several lines; all but the first begin at column indent. Ends the last line, too. */
void pen_wrap(struct pen *pen, enum pen_style style, unsigned indent, const char *text);

void pen_end(struct pen *pen);

/* Writes an empty line first. */
void pen_heading(struct pen *pen, const char *text);

/* ✓, ✗, –, ! or ~, in its colour. */
void pen_symbol(struct pen *pen, enum drill_verdict verdict);
enum pen_style pen_verdict_style(enum drill_verdict verdict);

/* Writes symbol, name, and text from that column on; on a narrow terminal the text goes below the name. Ends the last
 * line. */
void pen_item(struct pen *pen,
              enum drill_verdict verdict,
              const char *name,
              unsigned column,
              enum pen_style style,
              const char *text);

#define PEN_DURATION 32

/* Writes "8.3 ms", "42 ms", "5.04 s", "4 min 12 s"; – if unknown. Returns out. */
char *pen_duration(char out[PEN_DURATION], double ms);
