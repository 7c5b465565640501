/* Charters come from peers: what is kept of them must open the home again. It fails if a charter that is known already, with a vote that does not
 * hold, is written into the record as it came. */
#include "sim/disk.h"
#include "t_share.h"
#include "test.h"

TEST(a_known_charter_with_a_spoiled_vote_is_not_kept)
{
	struct place p;
	struct arena a = ARENA_INIT(4 * MIB);
	struct errinfo e = {0};
	place_new(&p, IRQ);
	struct str line = place_founding(&a);
	char *spoiled = arena_cstr(&a, line);
	char *sig = strstr(spoiled, "\"sig\":\"");
	CHECK(sig);
	sig[10] = sig[10] == 'A' ? 'B' : 'A';
	uint32_t fresh = 9;
	(void)!share_take_charters(p.s, str_of(spoiled), false, &fresh, NULL, &e);
	CHECK(fresh == 0);
	place_again(&p);
	CHECK(p.c && p.c->me == IRQ);
	place_done(&p);
	arena_done(&a);
}
