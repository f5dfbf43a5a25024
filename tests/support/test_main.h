/*
 * test_main: the cases of a unit-test program, and its main: --list prints their names, a name runs that one. It exits
 * with 0 if the case passed, 77 if it was skipped, 2 if it does not exist. A process runs one case: some of the code
 * under test has state for the life of a process.
 */
#ifndef FAAS_TEST_MAIN_H
#define FAAS_TEST_MAIN_H

/* cmocka.h needs some of the others before it; cases need the rest. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
/* clang-format on */

/* TEST(name) { … } is a case; those of a file run in its order. BEFORE_EACH(name) { … } and AFTER_EACH(name) { … } run
 * before and after each case of the program. */
#define TEST(name) TEST_REGISTERED_BY(test_register, name)
#define BEFORE_EACH(name) TEST_REGISTERED_BY(test_register_before, name)
#define AFTER_EACH(name) TEST_REGISTERED_BY(test_register_after, name)

#define TEST_REGISTERED_BY(registrar, name)                       \
   static void name(void);                                        \
   __attribute__((constructor)) static void register_##name(void) \
   {                                                              \
      registrar(#name, name);                                     \
   }                                                              \
   static void name(void)

/* Shows both texts if part is not in text. */
#define assert_contains(text, part) test_assert_contains(text, part, __FILE__, __LINE__)

void test_register(const char *name, void (*run)(void));
void test_register_before(const char *name, void (*run)(void));
void test_register_after(const char *name, void (*run)(void));
void test_assert_contains(const char *text, const char *part, const char *file, int line);

#endif
