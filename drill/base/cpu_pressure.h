/*
 * cpu_pressure: how long processes of this machine have waited for a CPU (Linux Documentation/accounting/psi.rst).
 */
#ifndef FAAS_DRILL_CPU_PRESSURE_H
#define FAAS_DRILL_CPU_PRESSURE_H

#include <stdint.h>

/* Microseconds since boot in which at least one process waited; -1 where the kernel does not count them. */
int64_t cpu_pressure_us(void);

#endif
