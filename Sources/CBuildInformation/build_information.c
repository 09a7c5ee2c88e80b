#include "build_information.h"

#ifndef BUILD_REVISION
#define BUILD_REVISION "unknown"
#endif

const char *const build_revision = BUILD_REVISION;
