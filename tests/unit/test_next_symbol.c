/* next_symbol: it finds the right one of several versions, and the harness does not start without a needed one. dlsym
 * is replaced here. */
#include "interpose.h"
#include "next_symbol.h"

#include "test_main.h"

#include <dlfcn.h>

static const char *missing = "";
static bool as_before_glibc_2_36;

/* By the linker's --wrap. */
void *__real_dlsym(void *handle, const char *name);
void *__wrap_dlsym(void *handle, const char *name);

void *
__wrap_dlsym(void *handle, const char *name)
{
   void *oldest = as_before_glibc_2_36 ? dlvsym(handle, name, "GLIBC_2.2.5") : NULL;
   if (strcmp(name, missing) == 0) {
      return NULL;
   }
   return oldest != NULL ? oldest : __real_dlsym(handle, name);
}

TEST(the_newer_of_two_versions)
{
   void *newer = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
   void *older = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.2.5");
   if (newer == NULL || older == NULL) {
      skip(); /* this machine's conditions never had another layout */
   }
   as_before_glibc_2_36 = true;
   void *found = next_symbol("pthread_cond_timedwait");
   as_before_glibc_2_36 = false;
   assert_ptr_not_equal(older, newer);
   assert_ptr_equal(found, newer);
}

TEST(the_only_version)
{
   assert_ptr_equal(next_symbol("sendmsg"), __real_dlsym(RTLD_NEXT, "sendmsg"));
   assert_null(next_symbol("faas_nobody_has_this"));
}

TEST(a_missing_one_is_named)
{
   struct faas_error error = {0};
   missing = "sendmsg";
   assert_false(interpose_install(&error));
   assert_string_equal(error.type, "Harness.StartFailed");
   assert_contains(error.message, "no shared symbol sendmsg");
   missing = "";
   assert_true(interpose_install(&error));
}
