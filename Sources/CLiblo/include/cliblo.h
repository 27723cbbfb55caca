// The few calls of liblo (OSC messages over UDP) that a session manager's client needs, found while the program runs.
#pragma once
#include <stdint.h>

typedef struct cliblo_link cliblo_link;
/// A message that came: its path, the types of its arguments ('s', 'i' …), and where each of them lies.
typedef void (*cliblo_handler)(const char *path, const char *types, const void *const *arguments, void *context);

/// Finds liblo. NULL when it is there, else why it is not.
const char *cliblo_load(void);
/// A socket of our own, and the address of the other side. NULL when the address is none.
cliblo_link *cliblo_open(const char *url, cliblo_handler handler, void *context);
void cliblo_close(cliblo_link *link);
int cliblo_descriptor(cliblo_link *link);
/// Handles the messages that have come.
void cliblo_receive(cliblo_link *link);
/// Sends a message: for each of `types` a string, or a whole number.
int cliblo_send(cliblo_link *link, const char *path, const char *types, const char *const *strings, const int32_t *numbers);
