/* The rule handshake. */
#include "judge_case.h"

TEST(handshake)
{
   judged("handshake", JUDGE_SKIPPED, "no hello came");
   struct witness_handshake *one = introduce();
   judged("handshake", JUDGE_PASS, "2 of 2 connections introduced themselves as aws.lambda");
   one->has_env = false;
   one->env_name[0] = one->env_region[0] = '\0';
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_FAIL, "client.env is missing, although it would fit (300 bytes), on 2 of 2");
   assert_contains(finding.advice, "does not recognise AWS Lambda");
   one->bytes = 482;
   judged("handshake", JUDGE_PASS, "client.env left out because the document is full (482 of 512 bytes)");
   one->bytes = 513;
   judged("handshake", JUDGE_FAIL, "513 bytes; at most 512");
}

TEST(handshake_fields)
{
   struct witness_handshake *one = introduce();
   one->env_region[0] = '\0';
   judged("handshake", JUDGE_FAIL, "client.env.region is missing");
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_FAIL, "client.env's region and memory_mb is missing");
   one->has_os_details = false; /* which would have been the first to return */
   judged("handshake", JUDGE_PASS, "region and memory_mb left out");
   one = introduce();
   one->env_memory_mb = 64;
   judged("handshake", JUDGE_FAIL, "memory_mb is 64, not 128, on 2 of 4");
   one->container_outside_env = true;
   judged("handshake", JUDGE_FAIL, "container is in client");
   one->has_client = false;
   judged("handshake", JUDGE_FAIL, "no client document");
}

/* Among Kubernetes' own variables. */
TEST(handshake_of_a_container)
{
   struct witness_handshake *one = introduce();
   seen.kubernetes = true;
   judged("handshake", JUDGE_FAIL, "client.env.container is missing, although it would fit");
   one->container_in_env = true;
   judged("handshake", JUDGE_PASS, "introduced themselves as aws.lambda");
   one->container_in_env = false;
   one->container_outside_env = true;
   judged("handshake", JUDGE_FAIL, "container is in client, but belongs in client.env");
   one->container_outside_env = false;
   one->bytes = 512 - 44; /* container is a document with one text: 45 bytes in total */
   judged("handshake", JUDGE_PASS, "client.env.container left out because the document is full (468 of 512 bytes)");
   one->bytes--;
   judged("handshake", JUDGE_FAIL, "client.env.container is missing");
   one->env_region[0] = '\0';
   judged("handshake", JUDGE_PASS, "client.env's region and container left out");
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_PASS, "client.env's region, memory_mb and container left out");
}

/* Then a driver can't tell where it runs. */
TEST(handshake_of_two_platforms)
{
   struct witness_handshake *one = introduce();
   seen.other_platform = "FUNCTION_NAME";
   judged("handshake",
          JUDGE_FAIL,
          "client.env.name is \"aws.lambda\", but must be left out, because FUNCTION_NAME names a second platform");
   one->env_name[0] = one->env_region[0] = '\0';
   one->env_memory_mb = -1;
   judged("handshake", JUDGE_PASS, "sent no client.env.name, as required: FUNCTION_NAME names a second platform");
   assert_contains(finding.advice, "Rename the function's variable FUNCTION_NAME");
   one->has_env = false;
   judged("handshake", JUDGE_PASS, "2 of 2 connections sent no client.env.name");
   one->container_outside_env = true;
   judged("handshake", JUDGE_FAIL, "container is in client");
}
