/* How a drill names the user's own deployment: by its hosts, if they are plain, and never with a secret. */
#include "deployment.h"

#include "test_main.h"

static void
shown_as(const char *uri, const char *expected)
{
   const struct deployment_settings settings = {.uri = (char *)(uintptr_t)uri};
   const struct deployment_parts parts = {.settings = &settings};
   struct drill_error error;
   struct deployment *deployment = deployment_new(&parts, &error);
   assert_non_null(deployment);
   assert_string_equal(deployment_description(deployment), expected);
   assert_string_equal(deployment_uri(deployment), uri);
   deployment_destroy(deployment);
}

TEST(hosts_are_shown)
{
   shown_as("mongodb://db.example", "mongodb://db.example");
   shown_as("mongodb://ada:s3cr3t@a.example:27017,b-2.example/faas?tls=true", "mongodb://a.example:27017,b-2.example");
   shown_as("mongodb+srv://ada:s3cr3t@cluster0.example/?w=1", "mongodb+srv://cluster0.example");
   shown_as("mongodb://[::1]:27017,[fe80::1%25eth0]/", "mongodb://[::1]:27017,[fe80::1%25eth0]");
   shown_as("mongodb://ada:half/s3cr3t@db.example/", "mongodb://db.example");
}

TEST(an_at_in_the_options_does_not_end_the_credentials)
{
   shown_as("mongodb://ada:s3cr3t@h/?tlsCertificateKeyFilePassword=p@s3cr3t", "mongodb://…");
   shown_as("mongodb://h/?tlsCertificateKeyFilePassword=p@s3cr3t", "mongodb://…");
   shown_as("mongodb://ada:s3cr3t?more@h", "mongodb://…");
}

TEST(hosts_in_doubt_are_not_shown)
{
   shown_as("mongodb://ada:s3@cr3t@h/", "mongodb://…");
   shown_as("mongodb://ada:s3cr3t", "mongodb://…");
   shown_as("mongodb://ada:s3cr3t:27017/", "mongodb://…");
   shown_as("mongodb://ada:x@s3cr3t!:27017/", "mongodb://…");
   shown_as("mongodb://", "mongodb://…");
}
