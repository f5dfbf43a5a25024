/* The server's side of SCRAM-SHA-256: the example of RFC 7677, and invalid messages. */
#include "scram.h"
#include "test_main.h"

/* RFC 7677, 3. */
#define CLIENT_FIRST "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
#define SERVER_NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define NONCE "rOprNGfwEbeRWgbNEkqO" SERVER_NONCE
#define SERVER_FIRST "r=" NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define CLIENT_LAST "c=biws,r=" NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SERVER_LAST "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static const uint8_t salt[] = {
   0x5b, 0x6d, 0x99, 0x68, 0x9d, 0x12, 0x35, 0x8e, 0xec, 0xa0, 0x4b, 0x14, 0x12, 0x36, 0xfa, 0x81};

static struct scram_user user;
static struct scram scram;
static char answer[SCRAM_MESSAGE_MAX];

static void
make_user(const char *name, const char *password)
{
   assert_true(scram_user_init(&user, name, password, salt, sizeof salt, 4096));
}

BEFORE_EACH(set_up)
{
   scram = (struct scram){.begun = false};
   make_user("user", "pencil");
}

static bool
first(const char *message)
{
   return scram_first(&scram, &user, message, strlen(message), SERVER_NONCE, answer);
}

static bool
last(const char *message)
{
   return scram_last(&scram, &user, message, strlen(message), answer);
}

TEST(the_example_of_the_rfc)
{
   assert_true(first(CLIENT_FIRST));
   assert_string_equal(answer, SERVER_FIRST);
   assert_true(last(CLIENT_LAST));
   assert_string_equal(answer, SERVER_LAST);
   /* A proof is accepted once. */
   assert_false(last(CLIENT_LAST));
}

TEST(another_password_proves_nothing)
{
   make_user("user", "pencils");
   assert_true(first(CLIENT_FIRST));
   assert_false(last(CLIENT_LAST));
}

TEST(nonces_are_random)
{
   struct scram other;
   assert_true(scram_first(&scram, &user, CLIENT_FIRST, strlen(CLIENT_FIRST), NULL, answer));
   assert_true(scram_first(&other, &user, CLIENT_FIRST, strlen(CLIENT_FIRST), NULL, answer));
   assert_string_not_equal(scram.nonce, other.nonce);
   assert_int_equal(strncmp(scram.nonce, "rOprNGfwEbeRWgbNEkqO", 20), 0);
}

TEST(names_may_hold_commas)
{
   make_user("a,b=c", "pencil");
   assert_true(first("n,,n=a=2Cb=3Dc,r=x"));
   assert_true(first("y,,n=a=2Cb=3Dc,r=x"));
   assert_false(first("n,,n=a=2Cb=c,r=x"));
   assert_false(first("n,,n=a=2Cb=3D,r=x"));
   assert_false(first("n,,n=a=2Cb=3Dcd,r=x"));
}

TEST(refuses_first_messages)
{
   static const char *const messages[] = {
      "",
      "n,,",
      "n,,n=user",
      "n,,n=user,",
      "n,,n=user,r=",
      "n,,r=x,n=user",
      "n,,m=ext,n=user,r=x",
      "n,a=user,n=user,r=x",
      "p=tls-unique,,n=user,r=x",
      "n,,n=use,r=x",
      "n,,n=user=,r=x",
   };
   for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
      assert_false(first(messages[i]));
      assert_false(scram.begun);
   }
   char long_one[SCRAM_MESSAGE_MAX + 1] = "n,,n=user,r=";
   memset(long_one + strlen(long_one), 'x', sizeof long_one - strlen(long_one) - 1);
   long_one[SCRAM_MESSAGE_MAX] = '\0';
   assert_false(first(long_one));
   long_one[300] = '\0'; /* a nonce of 288 */
   assert_false(first(long_one));
}

TEST(refuses_last_messages)
{
   static const char *const messages[] = {
      "",
      "c=biws",
      "c=biws,r=" NONCE,
      "c=biws,r=" NONCE ",p=",
      "c=biws,r=" NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ",
      "c=biws,r=" NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndV==",
      "c=biws,r=" NONCE ",p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "c=eSws,r=" NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
      "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
      "r=" NONCE ",c=biws,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
   };
   for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
      assert_true(first(CLIENT_FIRST));
      assert_false(last(messages[i]));
   }
   scram = (struct scram){.begun = false};
   assert_false(last(CLIENT_LAST));
}
