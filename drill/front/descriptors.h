/*
 * descriptors: room for the front's connections. Stands on nothing.
 */
#ifndef FAAS_DRILL_FRONT_DESCRIPTORS_H
#define FAAS_DRILL_FRONT_DESCRIPTORS_H

/* Raises this process's limit as far as it may go, to 65,536 at most: a client of the front takes two, and a burst of
 * functions is hundreds of clients. */
void descriptors_allow(void);

#endif
