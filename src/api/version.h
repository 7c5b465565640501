/* version: of the program. */
#ifndef API_VERSION_H
#define API_VERSION_H

#define COMITY_VERSION "0.1.0"

#endif
