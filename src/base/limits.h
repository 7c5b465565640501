/* limits: every ceiling of Comity and its reason, in one place.
 *
 * Bytes, unless the name says otherwise. A limit that is part of a format (FORMAT below) may not be changed without a new version of it: another
 * member's node holds to it too. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB 1024
#define MIB (1024 * KIB)

enum {
	/* JSON */
	LIMIT_JSON_DEPTH = 64,         /* STIX needs about 10; deeper is an attack on the stack or on a person's patience */
	LIMIT_OBJECT = 1 * MIB,        /* FORMAT: one STIX object; the DOM is built of one object at most */
	LIMIT_OBJECT_ARENA = 24 * MIB, /* its tree: a 1 MiB array of small numbers makes 20 bytes of node a byte of text */

	LIMIT_REPLY_TREE = 15 * MIB, /* an operation's reply that the command line lays out for people: a plan with the objects of a large release. A
				      * key's length in a tree has 24 bits */

	/* logs */
	LIMIT_ENTRY = 4 * KIB,       /* FORMAT: one leaf */
	LIMIT_PAYLOAD = 16 * MIB,    /* FORMAT: all pieces of one entry */
	LIMIT_PIECES = 1000,         /* FORMAT: objects of one entry, and of one transaction */
	LIMIT_CHECKPOINT = 16 * KIB, /* a signed note: 64 members' origin (680 bytes, twice), root, 64 signatures of 190 each, and some */
	LIMIT_LOG_SIZE_BITS = 40,    /* FORMAT: entries of one log: 2^40 */
	LIMIT_FUTURE_SECONDS = 300,  /* an entry further ahead of our clock waits */

	/* governing */
	LIMIT_MEMBERS = 64,             /* FORMAT: members ever of one centre (a set is a uint64_t; numbers are never reused) */
	LIMIT_LEVELS = 16,              /* FORMAT: levels of one centre */
	LIMIT_COMPARTMENTS = 16,        /* FORMAT: compartments of one label */
	LIMIT_COMPARTMENT = 32,         /* FORMAT: the name of one */
	LIMIT_COMPARTMENTS_KNOWN = 256, /* compartment names a node knows in one centre */
	LIMIT_MARK = 2 * KIB,           /* a portion mark or banner: 64 members and 16 compartments fit */
	LIMIT_LABEL_FILE = 64 * KIB,    /* a label in somebody's own form (XML, JSON): real ones take 1 to 4 KiB */
	LIMIT_LABEL_TEXT = 1 * KIB,     /* one word, name or date of it */
	LIMIT_LABEL_VALUES = 256,       /* values of its categories, and categories: 64 members and 16 compartments fit */
	LIMIT_LABEL_DEPTH = 16,         /* elements in one another; the form itself needs 4 */
	LIMIT_LABEL_NOTES = 16 * KIB,   /* remarks on what of it could not be taken as it stands */
	LIMIT_CHARTER = 256 * KIB,      /* FORMAT: 64 members at 2 KiB each, doubled */
	LIMIT_CENTRES = 16,             /* centres of one home */
	LIMIT_CHARTER_FILE = 320 * KIB, /* FORMAT: a charter and its signatures */
	LIMIT_CHARTERS = 1000,          /* charters kept of one centre: one a month for eighty years */
	LIMIT_VOTES = 128,              /* FORMAT: signatures on one charter: each member's old and new root key */
	LIMIT_QUORUMS = 16,             /* FORMAT: kinds of decision */
	LIMIT_CIRCLES_NAMED = 64,       /* FORMAT: circles that a charter names */
	LIMIT_DUTIES = 32,              /* FORMAT: duties of the lead */
	LIMIT_IDENTITIES = 16,          /* FORMAT: STIX identities of one member */
	LIMIT_GOVERN_NAME = 128,        /* FORMAT: name of a centre or member, bytes */
	LIMIT_GOVERN_TEXT = 500,        /* FORMAT: a duty, a card's note */
	LIMIT_URL = 256,                /* FORMAT: a member's address */
	LIMIT_CARD = 8 * KIB,           /* FORMAT: one signed key card */
	LIMIT_CHARTER_LINES = 16 * MIB, /* charters and cards taken at once: what a member replies */
	LIMIT_CARDS = 1000,             /* cards kept of one member */
	LIMIT_CARDS_BYTES = 512 * KIB,  /* and what they may take: nobody fills the charters that members fetch from each other */

	/* collection */
	LIMIT_REPORT = 1 * MIB,         /* one text report; becomes one object */
	LIMIT_PORTIONS = 2000,          /* portions of one report */
	LIMIT_CITES = 256,              /* sources one report may cite: each is looked up at release */
	LIMIT_CLAIMS = 64,              /* claims of one portion */
	LIMIT_FIELD = 1 * KIB,          /* one line of a report's header, its mark aside */
	LIMIT_REPORT_ARENA = 16 * MIB,  /* the draft of one report: 2000 labels with their marks at 2.7 KiB, the text once more, claims */
	LIMIT_SELECTORS = 1000,         /* selectors in the granular markings of one object: each is a search through it */
	LIMIT_QUARANTINE = 64 * KIB,    /* what is kept of one refused input: enough to see what it was */
	LIMIT_QUARANTINE_ITEMS = 10000, /* refused inputs kept of what this home's own user gave; past this the oldest go, and that is said */
	LIMIT_QUARANTINE_PEER = 1000,   /* and of one member in one centre, or one feed: who sends much that is refused pushes out its own alone */

	LIMIT_ADD_ARENA =
	    40 * MIB,           /* the trees of one batch of objects; a batch ends at half of it, so any one object (LIMIT_OBJECT_ARENA) still fits */
	LIMIT_SPACE = 64 * MIB, /* free bytes on the disk below which nothing is added, so that recalls still can be */
	LIMIT_RESERVE = 1 * MIB, /* a file given up where even they have no room: a recall takes about 100 KiB, SQLite's shared memory as much */

	/* sharing */
	/* kinds of label of our view, of 4,095 in all (view.h), so that nobody uses up what others need */
	LIMIT_CLASSES_PER_AUTHOR = 256, /* that one other author can cause in one centre */
	LIMIT_CLASSES_EACH = 16,        /* that there is room for whatever others did: 1,024 for the 64 members of a centre */
	LIMIT_CLASSES_OTHERS = 2048,    /* and all of them; what is beyond LIMIT_CLASSES_EACH of each comes out of one half of it */
	LIMIT_CLASSES_OWN = 1023,       /* of the home's own; each may need a second one, for what is put aside */
	LIMIT_CLASSES_ACCOUNT = 128,    /* that one account can bring among those, or all feeds together */
	LIMIT_LOGS_PER_AUTHOR = 512,    /* logs of one author that are listed and taken at once; of more, others every hour */
	LIMIT_LOGS_KEPT = 4096,         /* logs of one author that are taken in all: forty circles with a new key each year for a century */
	LIMIT_LOGS_LISTED = 1 << 20,    /* logs of a centre that a listing is drawn from: those of 64 authors, and four times as many of one's own */
	LIMIT_LOGS_PER_PEER = 32768,    /* logs one peer can announce to us: those of 64 authors */
	LIMIT_POUCH = 1024 * MIB,       /* a pouch is read as a stream; this bounds what a stranger's file can make us write */
	LIMIT_POUCH_RECIPIENTS = 64,
	LIMIT_PEER_REQUESTS = 60000, /* a minute, of one member's key: fetching a million entries as fast as a node can takes some 20,000 in all */
	LIMIT_PEER_MIB = 6144, /* a minute: what 1 Gbit/s carries, so that no honest backlog waits for it, and no key takes more than one such line */
	LIMIT_PEER_CONNECTIONS = 32,   /* of one key: a node keeps one for each centre it shares with us, of 16; as many again while old ones end */
	LIMIT_WEB_REQUESTS = 60000,    /* a minute, of one account: pages of 100 objects at a thousand a second, above any person or SIEM for long */
	LIMIT_WEB_STRANGERS = 6000,    /* a minute, from one address without an account: a thousand people behind it log in within that minute */
	LIMIT_BUDGETS = 4096,          /* askers whose use is remembered: all keys of 16 centres of 64 members four times over */
	LIMIT_BUDGET_WAIT = 300,       /* seconds for which a peer's "not yet" is obeyed without asking again */
	LIMIT_SEAL_HEADER = 128 * KIB, /* an age header: 64 stanzas of the largest known kind (1.7 KiB, post-quantum) */
	LIMIT_SEAL_WORK = 20,          /* log2 of scrypt's cost in an age file: 1 GiB and about 4 s; stock age writes 18 */
	LIMIT_ARMOR_BLANKS = 1 * KIB,  /* white space before and after an armored age file */

	/* accounts */
	LIMIT_ACCOUNTS = 4096,               /* people of one member */
	LIMIT_ACCOUNT_NAME = 32,             /* a name to log in with */
	LIMIT_ACCOUNT_TEXT = 128,            /* a person's name as shown; a token's name */
	LIMIT_ACCOUNT_CLEARANCE = 64 * KIB,  /* a clearance for each of 16 centres, each of 64 compartments */
	LIMIT_PASSWORD_MIN = 12,             /* characters: below that, guessing off line is cheap whatever the hash costs */
	LIMIT_PASSWORD = 1000,               /* bytes; longer is no password but work for us */
	LIMIT_PASSWORD_OPS = 3,              /* Argon2id as RFC 9106 recommends where memory is dear: three passes … */
	LIMIT_PASSWORD_MEMORY = 64 * MIB,    /* … over 64 MiB: about 0.1 s */
	LIMIT_LOGIN_HASHES = 2,              /* passwords tried at one time: 128 MiB and two cores at most, whoever asks */
	LIMIT_LOGIN_GATE = 4,                /* logins tried or waiting for it, each in a worker: half of the fewest that a listener has … */
	LIMIT_LOGIN_SAME = 3,                /* … and of one address, of which one is tried at a time */
	LIMIT_LOGIN_AGAIN = 1,               /* seconds after which who found no place there may come again: ten are tried meanwhile */
	LIMIT_LOGIN_FREE = 5,                /* wrong passwords of one account and address before the delay begins */
	LIMIT_LOGIN_DELAY = 900,             /* seconds: the longest delay */
	LIMIT_PAGES_KEPT = 16 * 1024 * 1024, /* bytes of answers kept in memory: a hundred pages of a hundred objects */
	LIMIT_AUTH_SECONDS = 60,             /* who showed a session or token is remembered so long without asking the node again */
	LIMIT_AUTH_KEPT = 4096,              /* of so many */
	LIMIT_SESSIONS = 16,                 /* of one account; of more the oldest ends */
	LIMIT_SESSION_IDLE = 30 * 60,        /* seconds without a request after which a session ends */
	LIMIT_SESSION_HOURS = 12,            /* after which it ends in any case: a working day */
	LIMIT_TOKENS = 64,                   /* of one account */
	LIMIT_TOKEN_DAYS = 366,              /* the longest life of one */
	LIMIT_RECOVERY = 10,                 /* one-time codes for who has lost the device */
	LIMIT_PROPOSALS = 1000,              /* releases that wait for a second person */
	LIMIT_PROPOSALS_OWN = 64,            /* of them of one account */

	/* people */
	LIMIT_ASKERS = 64,             /* commands of the home's own user that a running node answers at one time: each has a thread */
	LIMIT_TAXII_BODY = 256 * MIB,  /* objects put in by one request: read as a stream from a file */
	LIMIT_WEB_INPUT = 1024 * MIB,  /* what is added or opened by one request: as long as a pouch may be, read from a file too */
	LIMIT_COLLECT_PAGE = 32 * MIB, /* a page that another's TAXII server gives: 1000 objects asked for, of 1 KiB usually */
	LIMIT_COLLECT_SECONDS = 120,   /* for one of its replies */
	LIMIT_COLLECT_RUN = 60 * 60,   /* seconds of one pull; the next goes on there */
	LIMIT_FEEDS = 100,             /* feeds that a node pulls by itself */
	LIMIT_FEED_RUN = 10 * 60,      /* seconds of one pull of such a one: then others have their turn, and it goes on after them */
	LIMIT_FEED_PULLS = 4,          /* at one time: each may hold a page in memory */
	LIMIT_ONCE = 4096,      /* keys of requests to be done once that are remembered: with the longest replies 1 GiB, with usual ones 4 MiB … */
	LIMIT_ONCE_EACH = 1024, /* … of one account, so that none makes another's forgotten; its TAXII statuses as many again */
	LIMIT_PAGE = 1000,      /* rows of one answer */
	LIMIT_QUERY = 1 * KIB,  /* text of one search */
	LIMIT_QUERY_TERMS = 32, /* words of one search */
};

#endif
