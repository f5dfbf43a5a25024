/* redact: no secret survives, and nothing else is removed. */
#include "redact.h"

#include "short_memory.h"
#include "test_main.h"
#include "utf8.h"

static struct redactor *redactor;
static struct faas_error error;

BEFORE_EACH(set_up)
{
   redactor = redactor_new(&error);
   assert_non_null(redactor);
}

AFTER_EACH(tear_down)
{
   redactor_destroy(redactor);
}

static void
expect_redacted(const char *text, const char *expected)
{
   char buffer[512];
   (void)snprintf(buffer, sizeof buffer, "%s", text);
   redactor_apply(redactor, buffer);
   assert_string_equal(buffer, expected);
}

static void
expect(const char *uri, const char *text, const char *expected)
{
   tear_down();
   set_up();
   assert_true(redactor_add_uri(redactor, uri, &error));
   expect_redacted(text, expected);
}

TEST(password_of_a_uri)
{
   expect("mongodb://ada:s3cr3t@db.example/",
          "auth of ada with s3cr3t failed, s3cr3t!",
          "auth of ada with *** failed, ***!");
   expect("mongodb://ada:p%40ss%3Aw0rd@db.example/", "p%40ss%3Aw0rd or p@ss:w0rd", "*** or ***");
   expect("mongodb://ada:sesame%21@db.example/", "open sesame! now", "open *** now");
   expect("mongodb://ada:half/other@db.example/", "invalid port in half: other@db", "invalid port in ***: ***@db");
}

TEST(options_that_carry_secrets)
{
   expect("mongodb://db/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:tok%2Fen,A:b&tls=true",
          "token tok/en and b",
          "token *** and b");
   expect("mongodb://db/?tlscertificatekeyfilepassword=letmein", "bad key letmein", "bad key ***");
}

TEST(password_with_an_encoded_nul)
{
   expect("mongodb://ada:%00@db/", "nothing but %00", "nothing but ***");
   expect("mongodb://ada:se%00same@db/", "open se%00same", "open ***");
}

TEST(secrets_with_colons)
{
   expect("mongodb://db/?tlsCertificateKeyFilePassword=let:me%2Cin", "bad key let:me,in", "bad key ***");
   expect("mongodb://db/?w=1&sslClientCertificateKeyPassword=a1b2:c3", "bad key a1b2:c3", "bad key ***");
   expect("mongodb://db/?proxyPassword=socks%3A5pass&tls=true", "no: socks%3A5pass, socks:5pass", "no: ***, ***");
   expect("mongodb://db/?proxyPassword=AWS_SESSION_TOKEN:open", "AWS_SESSION_TOKEN:open", "***");
}

TEST(token_among_properties_in_any_form)
{
   expect("mongodb://db/?authMechanismProperties=A%3Ab%2Caws_session_token%3Atok%252Fen%2CC%3Ad",
          "tok%252Fen or tok%2Fen, not b or d",
          "*** or ***, not b or d");
   expect("mongodb://db/?authMechanismProperties=AWS_SESSION_TOKEN:with:colon,A:b", "with:colon A b", "*** A b");
   expect("mongodb://db/?authMechanismProperties=AWS_SESSION_TOKEN:first,second", "first,second", "***,***");
   expect("mongodb://db/?authMechanismProperties=SERVICE_NAME:mongo", "SERVICE_NAME mongo", "SERVICE_NAME mongo");
   expect("mongodb://db/?authMechanismProperties=nonsense", "nonsense", "***");
}

#define LONG_SECRET "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"

TEST(secret_cut_at_the_end_of_a_text)
{
   expect("mongodb://ada:correct-horse-battery@db/", "you said correct-horse-b", "you said ***");
   expect("mongodb://ada:correct-horse-battery@db/", "you said correct-", "you said ***");
   expect("mongodb://ada:correct-horse-battery@db/", "you said correct", "you said correct");
   expect("mongodb://ada:correct-horse-battery@db/", "correct-horse", "***");
   expect("mongodb://ada:correct-horse-battery@db/", "correct-horse bolted", "correct-horse bolted");
   expect("mongodb://ada:" LONG_SECRET "@db/", "you said 0123456789abcdefghijklmnopqrstuv", "you said ***");
   expect("mongodb://ada:" LONG_SECRET "@db/", "you said 0123456789abcdefghijklmnopqrstu", "you said ***");
   expect("mongodb://ada:12345678@db/", "1234567", "1234567");
}

TEST(long_secret_cut_within_a_text)
{
   expect("mongodb://ada:" LONG_SECRET "@db/", LONG_SECRET ", " LONG_SECRET, "***, ***");
   expect(
      "mongodb://ada:" LONG_SECRET "@db/", "0123456789abcdefghijklmnopqrstuvwxyz-ABC; servers: db", "***; servers: db");
   /* Cut in both of its forms, neither of which may leave the rest of the other. */
   expect("mongodb://ada:0123456789abcdefghijklmnopqrstuvwxyz%40ABCDEFGH@db/",
          "0123456789abcdefghijklmnopqrstuvwxyz@ABCD; 0123456789abcdefghijklmnopqrstuvwxyz%40AB; and "
          "0123456789abcdefghijklmnopqrstuvwxyz@ABCDEFGH",
          "***; ***; and ***");
}

TEST(short_secret_only_where_it_stands_alone)
{
   expect("mongodb://ada:ab@db/", "abba said ab", "abba said **");
}

TEST(longer_secret_first)
{
   assert_true(redactor_add(redactor, "secret", &error));
   assert_true(redactor_add(redactor, "secretive", &error));
   expect_redacted("secretive secret", "*** ***");
}

TEST(credentials_of_the_environment)
{
   assert_int_equal(setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI", 1), 0);
   assert_int_equal(setenv("AWS_SESSION_TOKEN", "FwoGZXIvYXdz", 1), 0);
   assert_true(redactor_add_environment(redactor, &error));
   expect_redacted("key wJalrXUtnFEMI, token FwoGZXIvYXdz", "key ***, token ***");
}

TEST(secret_too_long_is_refused)
{
   char *secret = malloc(REDACT_SECRET_MAX + 2);
   assert_non_null(secret);
   memset(secret, 'x', REDACT_SECRET_MAX + 1);
   secret[REDACT_SECRET_MAX + 1] = '\0';
   assert_false(redactor_add(redactor, secret, &error));
   free(secret);
   assert_string_equal(error.type, "Harness.BadSecret");
   assert_string_equal(error.message, "a secret is longer than 4096 bytes");
}

static bool
secrets_are_remembered(void)
{
   struct redactor *filled = redactor_new(&error);
   bool done = filled != NULL && redactor_add_uri(filled, "mongodb://ada:s3cr3t@db.example/", &error);
   redactor_destroy(filled);
   assert_true(done || strcmp(error.type, "Harness.OutOfMemory") == 0);
   return done;
}

TEST(memory_running_out_is_told_as_such)
{
   assert_true(short_memory_sweep(secrets_are_remembered) >= 2);
}

TEST(too_many_secrets_are_refused)
{
   char uri[512] = "mongodb://ada:0";
   for (int i = 1; i <= 64; i++) {
      char more[16];
      (void)snprintf(more, sizeof more, ":%d", i);
      utf8_append(uri, sizeof uri, more);
   }
   utf8_append(uri, sizeof uri, "@db/");
   assert_false(redactor_add_uri(redactor, uri, &error));
   assert_string_equal(error.type, "Harness.BadSecret");
   assert_string_equal(error.message, "more than 64 secrets to redact");
}

TEST(no_secret_changes_nothing)
{
   expect("mongodb://db.example:27017/", "all of it stays: db.example", "all of it stays: db.example");
   redactor_apply(NULL, NULL);
   redactor_destroy(NULL);
}
