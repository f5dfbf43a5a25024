/*
 * descriptors: raises the limit on file descriptors, and closes them.
 */
#pragma once

/* Raises this process's limit as far as allowed, to 65,536 at most. Each client of the front takes two descriptors, and
 * a burst of functions is hundreds of clients. A function's own limit is set when it is started. */
void descriptors_allow(void);

/* Closes a descriptor, and leaves errno as it is; does nothing for one below 0, which was not opened. */
void descriptors_close(int descriptor);
