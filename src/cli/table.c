/* The table of commands, in the order in which help lists them, and the flags that all of them take. */
#include "cli/cmd.h"

#define CMD_LIST(X)                                                                                                                                \
	X(init)                                                                                                                                    \
	X(trial)                                                                                                                                   \
	X(card)                                                                                                                                    \
	X(card_show)                                                                                                                               \
	X(charter_propose)                                                                                                                         \
	X(charter_sign)                                                                                                                            \
	X(charter_assemble)                                                                                                                        \
	X(charter_install)                                                                                                                         \
	X(charter_show)                                                                                                                            \
	X(charter_log)                                                                                                                             \
	X(charter_fork)                                                                                                                            \
	X(charter_export)                                                                                                                          \
	X(key)                                                                                                                                     \
	X(lead) X(rota) X(members) X(centres) X(add) X(collect_taxii) X(collect_list) X(collect_show) X(collect_run) X(collect_pause)              \
	    X(collect_resume) X(collect_remove) X(ls) X(search) X(suggest) X(show) X(label) X(versions) X(refs) X(compare) X(grade) X(release)     \
		X(release_pending) X(release_approve) X(release_reject) X(recall) X(withdraw) X(request) X(consent) X(requests) X(due) X(evidence) \
		    X(sync) X(pouch_pack) X(pouch_open) X(logs) X(log) X(prove) X(prove_check) X(settle) X(status) X(inbox) X(audit)               \
			X(quarantine_list) X(quarantine_show) X(quarantine_drop) X(verify) X(rebuild) X(backup) X(restore) X(serve) X(config)      \
			    X(account_list) X(account_show) X(account_add) X(account_set) X(account_disable) X(account_enable) X(account_remove)   \
				X(account_password) X(account_totp) X(token_list) X(token_add) X(token_revoke) X(session_list) X(session_revoke)   \
				    X(help) X(completion) X(version) X(test_safe) X(test_call) X(test_sco)

#define X(name) extern const struct cmd cmd_##name;
CMD_LIST(X)
#undef X

const struct cmd *const cmd_table[] = {
#define X(name) &cmd_##name,
    CMD_LIST(X)
#undef X
};
const size_t cmd_count = sizeof cmd_table / sizeof *cmd_table;

const char *const cmd_group_names[] = {
    [CMD_BEGIN] = "begin: a home, a centre",
    [CMD_GOVERN] = "govern",
    [CMD_KNOW] = "what is known",
    [CMD_RELEASE] = "release",
    [CMD_EXCHANGE] = "exchange",
    [CMD_NODE] = "the home itself",
    [CMD_ABOUT] = "help",
};

const struct flag cmd_global_flags[] = {
    {"home", 's', true, "DIR", "the home (else $COMITY_HOME, else the first from here upwards)", 'C'},
    {"json", 'b', true, NULL, "the reply as JSON, errors too; of several files one reply each, on a line of its own", 0},
    {"quiet", 'b', true, NULL, "no progress, no remarks", 'q'},
    {"color", 's', true, "WHEN", "auto, always or never; $NO_COLOR is heeded", 0},
    {"as", 's', true, "NAME", "who asks, for the audit trail (else $LOGNAME)", 0},
    {"position", 's', true, "POSITION", "the position an entry bears: J2-3", 0},
    {"clearance", 's', true, "LEVEL[,COMPARTMENT…]", "see as a person so cleared", 0},
    {"root-key", 's', true, "FILE", "the root key, where it is kept outside the home", 0},
    {"clock", 's', true, "TIME", "the time it is, in an exercise home", 0},
    {"help", 'b', true, NULL, "what the command does and takes", 'h'},
    {"version", 'b', true, NULL, "the version of comity", 0},
    {0},
};
