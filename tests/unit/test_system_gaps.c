/* system_gaps: variables are set only where a system lacks something, and never over the user's own. */
#include "system_gaps.h"

#include "test_main.h"

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

BEFORE_EACH(begin)
{
   strcpy(root, "/tmp/faas-gaps-XXXXXX");
   assert_non_null(mkdtemp(root));
   unsetenv("SSL_CERT_FILE");
   unsetenv("SSL_CERT_DIR");
   unsetenv("MONGOC_DISABLE_SHM");
}

AFTER_EACH(end)
{
   char command[128];
   (void)snprintf(command, sizeof command, "rm -r '%s'", root);
   assert_int_equal(system(command), 0);
}

TEST(lambda_gets_both)
{
   add(ROOTS);
   system_gaps_fill(root);
   assert_string_equal(getenv("SSL_CERT_FILE"), ROOTS);
   assert_string_equal(getenv("MONGOC_DISABLE_SHM"), "1");
}

TEST(debian_gets_nothing)
{
   add("/usr/lib/ssl/certs");
   add("/dev/shm");
   add(ROOTS);
   system_gaps_fill(root);
   assert_null(getenv("SSL_CERT_FILE"));
   assert_null(getenv("MONGOC_DISABLE_SHM"));
}

TEST(no_roots_anywhere)
{
   system_gaps_fill(root);
   assert_null(getenv("SSL_CERT_FILE"));
}

TEST(what_is_set_stays)
{
   add(ROOTS);
   setenv("SSL_CERT_FILE", "/mine.pem", 1);
   setenv("MONGOC_DISABLE_SHM", "0", 1);
   system_gaps_fill(root);
   assert_string_equal(getenv("SSL_CERT_FILE"), "/mine.pem");
   assert_string_equal(getenv("MONGOC_DISABLE_SHM"), "0");
}

TEST(a_folder_of_ones_own_is_enough)
{
   add(ROOTS);
   setenv("SSL_CERT_DIR", "/mine", 1);
   system_gaps_fill(root);
   assert_null(getenv("SSL_CERT_FILE"));
}
