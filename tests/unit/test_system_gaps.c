/* system_gaps: variables are set only where a system lacks something, and never over the user's own. */
#include "system_gaps.h"

#include "test_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROOTS "/etc/pki/tls/certs/ca-bundle.crt"

static char root[64];

static void
add(const char *path)
{
   char command[256];
   (void)snprintf(command, sizeof command, "mkdir -p '%s%s'", root, path);
   assert_int_equal(system(command), 0);
}

static void
begin(void)
{
   (void)snprintf(root, sizeof root, "/tmp/faas-gaps-XXXXXX");
   assert_non_null(mkdtemp(root));
   unsetenv("SSL_CERT_FILE");
   unsetenv("SSL_CERT_DIR");
   unsetenv("MONGOC_DISABLE_SHM");
}

static void
end(void)
{
   char command[128];
   (void)snprintf(command, sizeof command, "rm -r '%s'", root);
   assert_int_equal(system(command), 0);
}

static void
lambda_gets_both(void **state)
{
   (void)state;
   begin();
   add(ROOTS);
   system_gaps_fill(root);
   assert_string_equal(getenv("SSL_CERT_FILE"), ROOTS);
   assert_string_equal(getenv("MONGOC_DISABLE_SHM"), "1");
   end();
}

static void
debian_gets_nothing(void **state)
{
   (void)state;
   begin();
   add("/usr/lib/ssl/certs");
   add("/dev/shm");
   add(ROOTS);
   system_gaps_fill(root);
   assert_null(getenv("SSL_CERT_FILE"));
   assert_null(getenv("MONGOC_DISABLE_SHM"));
   end();
}

static void
no_roots_anywhere(void **state)
{
   (void)state;
   begin();
   system_gaps_fill(root);
   assert_null(getenv("SSL_CERT_FILE"));
   end();
}

static void
what_is_set_stays(void **state)
{
   (void)state;
   begin();
   add(ROOTS);
   setenv("SSL_CERT_FILE", "/mine.pem", 1);
   setenv("MONGOC_DISABLE_SHM", "0", 1);
   system_gaps_fill(root);
   assert_string_equal(getenv("SSL_CERT_FILE"), "/mine.pem");
   assert_string_equal(getenv("MONGOC_DISABLE_SHM"), "0");
   end();
}

static void
a_folder_of_ones_own_is_enough(void **state)
{
   (void)state;
   begin();
   add(ROOTS);
   setenv("SSL_CERT_DIR", "/mine", 1);
   system_gaps_fill(root);
   assert_null(getenv("SSL_CERT_FILE"));
   end();
}

static const struct CMUnitTest tests[] = {
   cmocka_unit_test(lambda_gets_both),
   cmocka_unit_test(debian_gets_nothing),
   cmocka_unit_test(no_roots_anywhere),
   cmocka_unit_test(what_is_set_stays),
   cmocka_unit_test(a_folder_of_ones_own_is_enough),
};

FAAS_TEST_MAIN(tests)
