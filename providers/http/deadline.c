#include "deadline.h"

#include "faas_harness/provider.h"

#include <stdlib.h>
#include <string.h>

static const int64_t DAY_MS = 86400000;

/* The days from 1970-01-01 to a day of the Gregorian calendar. */
static int64_t
days_of(int year, int month, int day)
{
   static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
   int past = month > 2 ? year : year - 1; /* years whose leap day has passed */

   return (int64_t)(year - 1970) * 365 + (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400) +
          before[month - 1] + day - 1;
}

/* Reads this many digits; -1 when there are other characters among them. */
static int
digits(const char *text, unsigned count)
{
   int value = 0;

   for (unsigned i = 0; i < count; i++) {
      if (text[i] < '0' || text[i] > '9') {
         return -1;
      }
      value = value * 10 + (text[i] - '0');
   }
   return value;
}

int64_t
deadline_of_moment(const char *text)
{
   static const char form[] = "0000-00-00T00:00:00";
   int64_t milliseconds = 0;
   int year, month, day, hour, minute, second;

   if (!text || strlen(text) < sizeof form || strlen(text) > 40) {
      return FAAS_NO_DEADLINE;
   }
   year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
   hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
   if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' || year < 1970 ||
       month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
       second < 0 || second > 60) {
      return FAAS_NO_DEADLINE;
   }
   text += sizeof form - 1;
   if (*text == '.') {
      int unit = 100;

      for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10) {
         milliseconds += (*text - '0') * unit;
      }
   }
   if (strcmp(text, "Z") != 0) {
      return FAAS_NO_DEADLINE;
   }
   milliseconds += days_of(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
   return milliseconds > 0 ? milliseconds : FAAS_NO_DEADLINE;
}

int64_t
deadline_of_duration(const char *text, int64_t now_ms)
{
   static const struct {
      const char *name;
      double ms;
   } units[] = {{"ms", 1}, {"us", 1e-3}, {"ns", 1e-6}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};
   double sum = 0;

   if (!text || *text == '\0') {
      return FAAS_NO_DEADLINE;
   }
   while (*text != '\0') {
      char *end = NULL;
      double value = *text >= '0' && *text <= '9' ? strtod(text, &end) : -1;
      size_t i = 0;

      while (value >= 0 && i < sizeof units / sizeof units[0] &&
             strncmp(end, units[i].name, strlen(units[i].name)) != 0) {
         i++;
      }
      if (value < 0 || i == sizeof units / sizeof units[0]) {
         return FAAS_NO_DEADLINE;
      }
      sum += value * units[i].ms;
      text = end + strlen(units[i].name);
   }
   return sum < 1e12 ? now_ms + (int64_t)sum : FAAS_NO_DEADLINE;
}
