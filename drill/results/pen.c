#include "pen.h"

#include "text.h"

#include <stdarg.h>
#include <string.h>

#define RESET "\x1b[0m"

/* With less room after the name, an item's text goes below it. */
#define TEXT_COLUMNS_MIN 20

static const char *const escapes[] = {[PEN_PLAIN] = "",
                                      [PEN_BOLD] = "\x1b[1m",
                                      [PEN_DIM] = "\x1b[2m",
                                      [PEN_GREEN] = "\x1b[32m",
                                      [PEN_RED] = "\x1b[31m",
                                      [PEN_YELLOW] = "\x1b[33m",
                                      [PEN_GOOD] = "\x1b[1;32m",
                                      [PEN_BAD] = "\x1b[1;31m"};

/* Writes length bytes of clean text, which must fit. */
static void
put_clean(struct pen *pen, enum pen_style style, const char *text, size_t length, unsigned width)
{
   bool styled = pen->colour && style != PEN_PLAIN && length > 0;
   if (styled) {
      fputs(escapes[style], pen->out);
   }
   fwrite(text, 1, length, pen->out);
   if (styled) {
      fputs(RESET, pen->out);
   }
   pen->at += width;
}

static unsigned
room(const struct pen *pen)
{
   return pen->columns > pen->at ? pen->columns - pen->at : 0;
}

void
pen_put(struct pen *pen, enum pen_style style, const char *text)
{
   char clean[TEXT_MAX];
   text_clean(clean, sizeof clean, text, TEXT_TERMINAL);
   text_cut(clean, sizeof clean, room(pen));
   put_clean(pen, style, clean, strlen(clean), text_width(clean));
}

void
pen_format(struct pen *pen, enum pen_style style, const char *format, ...)
{
   char text[TEXT_MAX];
   va_list arguments;
   va_start(arguments, format);
   vsnprintf(text, sizeof text, format, arguments);
   va_end(arguments);
   pen_put(pen, style, text);
}

void
pen_move(struct pen *pen, unsigned column)
{
   while (pen->at < column && room(pen) > 0) {
      fputc(' ', pen->out);
      pen->at++;
   }
}

void
pen_right(struct pen *pen, enum pen_style style, unsigned column, const char *text)
{
   unsigned width = text_width(text);
   pen_move(pen, column > width ? column - width : 0);
   pen_put(pen, style, text);
}

void
pen_end(struct pen *pen)
{
   fputc('\n', pen->out);
   if (pen->lines < pen->room) {
      pen->widths[pen->lines] = pen->at;
   }
   pen->lines++;
   pen->at = 0;
}

void
pen_wrap(struct pen *pen, enum pen_style style, unsigned indent, const char *text)
{
   char clean[TEXT_MAX];
   const char *rest = text_clean(clean, sizeof clean, text, TEXT_TERMINAL);
   if (indent + 8 > pen->columns) {
      indent = pen->columns > 8 ? pen->columns - 8 : 0;
   }
   while (rest != NULL) {
      const char *line = rest;
      size_t length = text_line(line, room(pen), &rest);
      /* A single character may be wider than the line. */
      length = length < text_fit(line, room(pen)) ? length : text_fit(line, room(pen));
      put_clean(pen, style, line, length, 0);
      pen_end(pen);
      if (rest != NULL) {
         pen_move(pen, indent);
      }
   }
}

void
pen_heading(struct pen *pen, const char *text)
{
   pen_end(pen);
   pen_wrap(pen, PEN_BOLD, 0, text);
}

enum pen_style
pen_verdict_style(enum drill_verdict verdict)
{
   return verdict == DRILL_PASS ? PEN_GREEN : verdict == DRILL_FAIL ? PEN_BAD : PEN_YELLOW;
}

void
pen_symbol(struct pen *pen, enum drill_verdict verdict)
{
   static const char *const symbols[] = {
      [DRILL_PASS] = "✓", [DRILL_FAIL] = "✗", [DRILL_SKIPPED] = "–", [DRILL_WARNING] = "!", [DRILL_KNOWN] = "~"};
   pen_put(pen, pen_verdict_style(verdict), symbols[verdict]);
}

void
pen_item(struct pen *pen,
         enum drill_verdict verdict,
         const char *name,
         unsigned column,
         enum pen_style style,
         const char *text)
{
   pen_symbol(pen, verdict);
   pen_move(pen, 2);
   pen_put(pen, PEN_PLAIN, name);
   if (pen->columns < column + TEXT_COLUMNS_MIN) {
      pen_end(pen);
      column = 4;
   }
   pen_move(pen, column);
   pen_wrap(pen, style, column, text);
}

char *
pen_duration(char out[PEN_DURATION], double ms)
{
   if (!(ms >= 0)) {
      snprintf(out, PEN_DURATION, "–");
   } else if (ms < 0.05) {
      snprintf(out, PEN_DURATION, "0 ms");
   } else if (ms < 9.95) {
      snprintf(out, PEN_DURATION, "%.1f ms", ms);
   } else if (ms < 999.5) {
      snprintf(out, PEN_DURATION, "%.0f ms", ms);
   } else if (ms < 9995) {
      snprintf(out, PEN_DURATION, "%.2f s", ms / 1000);
   } else if (ms < 99950) {
      snprintf(out, PEN_DURATION, "%.1f s", ms / 1000);
   } else if (ms < 8.64e10) {
      long seconds = (long)(ms / 1000 + 0.5);
      snprintf(out, PEN_DURATION, "%ld min %ld s", seconds / 60, seconds % 60);
   } else {
      snprintf(out, PEN_DURATION, "%.3g s", ms / 1000);
   }
   return out;
}
