/*
 * judge_case: invented facts for the judge. Each case begins with one good invocation.
 */
#ifndef FAAS_TESTS_JUDGE_CASE_H
#define FAAS_TESTS_JUDGE_CASE_H

#include "judge.h"
#include "test_main.h"

#define MS 1000
#define S 1000000

extern struct witness_facts facts;
extern struct witness_connection connections[8];
extern struct witness_hello hellos[64];
extern struct witness_command commands[16];
extern struct witness_handshake handshakes[4];
extern struct judge_invocation invocations[4];
extern struct witness_write writes[16];
extern struct witness_unrest unrests[2];
extern struct witness_refusal refusals[8];
extern struct judge_case seen;
extern struct finding finding;

/* One good invocation in the second second. */
void set_up(void);
/* Applies the rule of that name, and leaves what it found in finding. */
void judged(const char *name, enum judge_verdict verdict, const char *words);
size_t connect_to(unsigned member, int64_t at_us);
void hello(size_t connection, int64_t at_us, enum witness_hello_kind kind);
struct witness_command *command(size_t connection, const char *name, int64_t at_us);
void fail_command(struct witness_command *failed);
void write_document(bool is_delete, int n, const char *id);
struct witness_handshake *introduce(void);

#endif
