/* leak: faults on purpose, for the test of noninterference (test/ni).
 *
 * A comparison that finds nothing shows something only if it would have found a leak. So lines that would let one member, or one viewer, see what was
 * not given to it stand in the code behind LEAK(NAME), and the test turns them on one at a time. Without COMITY_LEAKS, which only that test defines,
 * LEAK is the constant 0: no compiled program has a trace of them. What each does is told in test/ni/leaks.h. */
#ifndef BASE_LEAK_H
#define BASE_LEAK_H

#ifdef COMITY_LEAKS
extern int comity_leak; /* one of LEAK_…, from test/ni/leaks.h, which the compiler is told to read first; 0 = none */
#define LEAK(name) (comity_leak == LEAK_##name)
#else
#define LEAK(name) 0
#endif

#endif
