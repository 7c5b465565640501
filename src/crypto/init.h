/* init: libsodium picks the code for this processor once. Called before anything else of this room by whoever starts (node, a test, a fuzz
 * harness); again is free. */
#ifndef CRYPTO_INIT_H
#define CRYPTO_INIT_H

/* Ends the process (assert) if libsodium cannot start: nothing here would be safe then. */
void crypto_init(void);

#endif
