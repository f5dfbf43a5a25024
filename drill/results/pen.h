/*
 * pen: writes lines that are never wider than the paper, in colour or without. Every text is cleaned for a terminal.
 */
#ifndef FAAS_DRILL_PEN_H
#define FAAS_DRILL_PEN_H

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
   unsigned at;      /* columns of this line that are taken */
   unsigned *widths; /* of the first lines, room of them, as they end; may be NULL */
   size_t room;
   size_t lines; /* ended */
};

/* What has no room left is cut, with … */
void pen_put(struct pen *pen, enum pen_style style, const char *text);
void pen_format(struct pen *pen, enum pen_style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Spaces up to that column; none when the line is already there. */
void pen_move(struct pen *pen, unsigned column);

/* Text that ends before that column. */
void pen_right(struct pen *pen, enum pen_style style, unsigned column, const char *text);

/* Text over as many lines as it takes, the next ones beginning at column indent. The last one is ended too. */
void pen_wrap(struct pen *pen, enum pen_style style, unsigned indent, const char *text);

void pen_end(struct pen *pen);

/* After an empty line. */
void pen_heading(struct pen *pen, const char *text);

/* ✓, ✗, –, ! or ~, in its colour. */
void pen_symbol(struct pen *pen, enum drill_verdict verdict);
enum pen_style pen_verdict_style(enum drill_verdict verdict);

/* Symbol, name, and text from that column on; on narrow paper on the lines below the name. Ends the last line. */
void pen_item(struct pen *pen,
              enum drill_verdict verdict,
              const char *name,
              unsigned column,
              enum pen_style style,
              const char *text);

#define PEN_DURATION 32

/* "8.3 ms", "42 ms", "5.04 s", "4 min 12 s"; – for what is not known. Returns out. */
char *pen_duration(char out[PEN_DURATION], double ms);

#endif
