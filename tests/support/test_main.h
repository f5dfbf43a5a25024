/*
 * main for unit tests: --list prints the names of the cases, a name runs that one, nothing runs all.
 */
#ifndef FAAS_TEST_MAIN_H
#define FAAS_TEST_MAIN_H

/* cmocka.h needs the others before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

/* The exit code of the program: 0 if everything that ran passed, 77 if the named case was skipped, 2 if it does not
 * exist. */
int faas_test_main(int argc, char **argv, const struct CMUnitTest *tests, size_t count);

#define FAAS_TEST_MAIN(tests)                                                       \
   int main(int argc, char **argv)                                                  \
   {                                                                                \
      return faas_test_main(argc, argv, tests, sizeof(tests) / sizeof((tests)[0])); \
   }

#endif
