/*
 * front_state: what front.c and front_control.c share.
 */
#pragma once

#include "front.h"
#include "loop.h"
#include "set.h"

struct front {
   char *uri;
   char *member_uri;
   char *authority_file; /* NULL: neither TLS nor a user */
   struct front_set set;
   struct loop loop;
};
