#include "deadline.h"

#include "faas_harness/provider.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t
deadline_of_moment(const char *text)
{
   static const char form[] = "0000-00-00T00:00:00";
   int64_t milliseconds = 0;
   struct tm utc = {0};

   if (!text || strlen(text) > 40) {
      return FAAS_NO_DEADLINE;
   }
   const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
   if (!end || end - text != sizeof form - 1) {
      return FAAS_NO_DEADLINE;
   }
   if (*end == '.') {
      int unit = 100;

      for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10) {
         milliseconds += (*end - '0') * unit;
      }
   }
   milliseconds += (int64_t)timegm(&utc) * 1000;
   return strcmp(end, "Z") == 0 && milliseconds > 0 ? milliseconds : FAAS_NO_DEADLINE;
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
