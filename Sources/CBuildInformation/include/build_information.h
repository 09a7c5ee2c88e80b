#ifndef BUILD_INFORMATION_H
#define BUILD_INFORMATION_H

/// The commit that the program was built from, as the build system found it; "unknown" outside a checkout.
extern const char *const build_revision;

#endif
