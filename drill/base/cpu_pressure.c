#include "cpu_pressure.h"

#include <stdio.h>

int64_t
cpu_pressure_us(void)
{
   FILE *file = fopen("/proc/pressure/cpu", "re");
   long long total_us = -1;
   if (file != NULL) {
      if (fscanf(file, "some avg10=%*s avg60=%*s avg300=%*s total=%lld", &total_us) != 1) {
         total_us = -1;
      }
      fclose(file);
   }
   return total_us;
}
