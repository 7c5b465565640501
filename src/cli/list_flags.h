/* list_flags: what all commands that list objects take. */
#ifndef CLI_LIST_FLAGS_H
#define CLI_LIST_FLAGS_H

#define LIST_FLAGS                                                                                                                        \
	{"centre", 's', false, "CENTRE", "of this centre", 0},                                                                            \
	    {"circle", 's', false, "CIRCLE", "released to exactly this circle: irn.irq, ALL, a name", 0},                                 \
	    {"author", 's', false, "ID", "by this member", 0}, {"type", 's', false, "TYPE", "of this STIX type: report, indicator …", 0}, \
	    {"since", 's', false, "TIME", "that arrived after this moment", 0},                                                           \
	    {"gone", 'b', false, NULL, "also what was recalled or is past its dates", 0},                                                 \
	    {"all", 'b', false, NULL, "also links from releases to originals, and your own grades", 0},                                   \
	    {"limit", 'i', false, "N", "at most so many (50)", 'n'},                                                                      \
	{                                                                                                                                 \
		"cursor", 's', false, "CURSOR", "go on where the last list ended", 0                                                      \
	}

#endif
