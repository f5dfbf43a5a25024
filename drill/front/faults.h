/*
 * faults: the faults set at the front, in order, and which commands they hit.
 */
#pragma once

#include "command.h"
#include "front.h"

#define FAULTS_MAX 32

struct faults {
   struct {
      struct front_fault fault;
      unsigned used;
      size_t entry; /* of the timeline */
   } list[FAULTS_MAX];
   size_t count;
   struct timeline *timeline;
};

const char *faults_name(enum front_fault_kind kind);
int faults_add(struct faults *faults, const struct front_fault *fault, struct drill_error *error);
void faults_clear(struct faults *faults);

/* Returns true, with a copy of the fault, if one hits this command. */
bool faults_take(struct faults *faults, const struct command *command, uint16_t client_port, struct front_fault *fault);
