/*
 * cpu_pressure: how long processes of this machine have waited for a CPU (Linux Documentation/accounting/psi.rst).
 */
#pragma once

#include <stdint.h>

/* Microseconds since boot in which at least one process waited; -1 where the kernel does not count them. */
int64_t cpu_pressure_us(void);
