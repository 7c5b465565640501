# Comity. `make help` lists what can be made.
#
#   V=release|debug|asan|tsan|fuzz|cov   how to build         CC=clang-14      the compiler
#   BUILD=dir                            where to             VERBOSE=1        show the commands
#   ROOMS="base crypto"                  which rooms          WERROR=1         warnings are errors
#
# The first run calls tools/setup, which installs what Debian 12 lacks (SETUP=no: never).
V ?= release
Q := $(if $(VERBOSE),,@)
BUILD ?= build/$(V)$(if $(filter clang%,$(CC)),-clang)
ROOMS ?= base env crypto json text geo merkle stix label govern http store people share collect process analyse node api cli
PREFIX ?= /usr/local
SHELL := /bin/sh
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(V),fuzz)
CC := clang-14
endif
ifeq ($(filter $(V),release debug asan tsan fuzz cov),)
$(error V=$(V) is not one of release debug asan tsan fuzz cov)
endif
CLANG := $(filter clang%,$(CC))

# Packages come before anything is asked of them: make builds this file, reads it, and starts over.
PKGS := libsodium sqlite3 libcrypto expat gnutls libcurl
ifneq ($(filter-out clean help setup uninstall format,$(or $(MAKECMDGOALS),all)),)
include build/setup.mk
endif
build/setup.mk: tools/setup
	@mkdir -p $(@D)
	@$(if $(filter no,$(SETUP)),:,tools/setup)
	@{ echo "PKG_CFLAGS := `pkg-config --cflags $(PKGS)`"; echo "PKG_LIBS := `pkg-config --libs $(PKGS)`"; \
		echo "ARCH := `uname -m`"; } >$@.$$$$ && mv $@.$$$$ $@

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wformat=2
WARN += -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef
# The OpenSSF compiler guide, as far as gcc 12 and clang 14 go: neither has -fstrict-flex-arrays=3, and this clang has no plain
# =zero for automatic variables.
HARDEN := -O2 -fPIE -fstack-protector-strong -fstack-clash-protection
HARDEN += -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing $(if $(CLANG),,-ftrivial-auto-var-init=zero)
HARDEN += $(if $(filter x86_64,$(ARCH)),-fcf-protection=full) $(if $(filter aarch64,$(ARCH)),-mbranch-protection=standard)
HARDEN_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen -Wl,--as-needed,--no-copy-dt-needed-entries

CPPFLAGS := -Isrc -Itest -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -MMD -MP $(PKG_CFLAGS) $(EXTRA_CPPFLAGS)
CFLAGS := -std=c17 $(WARN) $(if $(WERROR),-Werror) -g -fno-omit-frame-pointer -ffile-prefix-map=$(CURDIR)=. $(EXTRA_CFLAGS)
LDFLAGS := $(EXTRA_LDFLAGS)
LDLIBS := $(PKG_LIBS) -lm
ASAN := -fsanitize=address,undefined
CFLAGS_release := $(HARDEN)
CPPFLAGS_release := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
LDFLAGS_release := $(HARDEN_LD) -Wl,--compress-debug-sections=zlib
CFLAGS_debug := -O0
CFLAGS_asan := -O1 $(ASAN) -fno-sanitize-recover=all
LDFLAGS_asan := $(ASAN)
CFLAGS_tsan := -O1 -fsanitize=thread
LDFLAGS_tsan := -fsanitize=thread
CFLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS_fuzz := $(ASAN)
CFLAGS_cov := -O0 --coverage -fprofile-update=atomic
LDFLAGS_cov := --coverage
CFLAGS += $(CFLAGS_$(V))
CPPFLAGS += $(CPPFLAGS_$(V))
LDFLAGS += $(LDFLAGS_$(V))

# What is there is built: a folder that is empty or absent gives nothing to make.
objs = $(patsubst %.c,$(BUILD)/%.o,$(1))
room_src = $(filter-out %/main.c,$(wildcard src/$(1)/*.c src/$(1)/*/*.c))
LIB_SRC := $(foreach r,$(ROOMS),$(call room_src,$(r)))
LIB_OBJ := $(call objs,$(LIB_SRC))
LIB := $(BUILD)/libcomity.a
SIM_SRC := $(filter-out %/main.c,$(wildcard test/sim/*.c))
SIM_LIB := $(BUILD)/libsim.a
NI_SRC := $(wildcard test/ni/*.c)
TORTURE_SRC := $(wildcard test/torture/*.c)
UNIT_SRC := $(wildcard test/unit/t_$(or $(T),*).c)
UNIT := $(UNIT_SRC:test/unit/%.c=$(BUILD)/test/%)
UNIT_SIM := $(patsubst test/unit/%.c,$(BUILD)/test/%,$(if $(UNIT_SRC),$(shell grep -ls '^#include "sim/' $(UNIT_SRC))))
FUZZ := $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard fuzz/f_$(or $(T),*).c))
RUN := $(wildcard test/run/$(or $(T),*).sh)
PROGRAM := $(if $(wildcard src/cli/main.c),$(BUILD)/comity)
SIM := $(if $(wildcard test/sim/main.c),$(BUILD)/sim)
NI := $(if $(NI_SRC),$(BUILD)/ni)
TORTURE := $(if $(TORTURE_SRC),$(BUILD)/torture)
# Torture stands between the library and each function for which it defines __wrap_name.
WRAP := $(if $(TORTURE_SRC),$(shell grep -oh '__wrap_[a-z0-9_]*' $(TORTURE_SRC) | sort -u | sed 's/__wrap_/-Wl,--wrap=/'))
RUN_ENV = COMITY=$(abspath $(BUILD))/comity BUILD=$(abspath $(BUILD))

# RUNS, PAIRS and TIME are small in `make test`, larger when asked for by name.
BENCH := $(patsubst bench/%.c,$(BUILD)/bench/%,$(wildcard bench/b_*.c))
SEED ?= 1
SHORT := $(if $(SIM),"$(SIM) --runs=$(or $(RUNS),20) --seed=$(SEED)" "$(SIM) --runs=1 --seed=4004" "$(SIM) --self-test")
SHORT += $(if $(NI),"$(NI) --pairs=$(or $(PAIRS),20) --seed=$(SEED)") $(TORTURE)

.PHONY: all everything setup tools-there unit run known test sim ni torture fuzz fuzz-build demo interop bench cov cov-report check lint format install uninstall clean help FORCE
all: $(or $(PROGRAM),$(LIB))  ## the program, build/release/comity (default)

setup:  ## install the Debian packages that are missing (ARGS=--test, --ci, --bench: those of the tests, of all checks, of the benches, too)
	tools/setup $(ARGS)

# What the scenarios call beside the program itself.
tools-there:
	$(Q)$(if $(filter no,$(SETUP)),:,tools/setup --test)

everything: all $(UNIT) $(PROGRAM) $(SIM) $(NI) $(TORTURE) $(BENCH)  ## the program and all that tests it, not run
test: tools-there everything  ## all tests, short: unit, scenarios, simulation, noninterference, failing allocations
	$(Q)$(RUN_ENV) tools/tally $(UNIT) $(RUN) $(SHORT)

unit: $(UNIT)  ## the unit tests (T=json: one file's)
	$(Q)tools/tally $(UNIT)

run: tools-there $(PROGRAM)  ## the scenario scripts over the built program (T=10-first-steps: one)
	$(Q)$(RUN_ENV) tools/tally $(RUN)

known: tools-there $(PROGRAM)  ## weaknesses that are known (doc/DESIGN.md, "What is not here"): each "not ok" is one
	$(Q)$(RUN_ENV) tools/tally $(wildcard test/known/*.sh)

sim: $(SIM)  ## the simulated centre (RUNS=histories SEED=first)
	$(Q)$(if $(SIM),tools/tally "$(SIM) --runs=$(or $(RUNS),200) --seed=$(SEED)",echo 'no simulator: test/sim/main.c is not there')

ni: $(NI)  ## noninterference by paired histories (PAIRS=n SEED=first)
	$(Q)$(if $(NI),$(NI) --pairs=$(or $(PAIRS),200) --seed=$(SEED),echo 'no test/ni')

torture: $(TORTURE)  ## allocations and file operations fail, some of each (ALL=yes: every one; T=restore: that path)
	$(Q)$(if $(TORTURE),tools/tally "$(TORTURE) $(if $(ALL),--all) $(if $(T),--path=$(T))",echo 'no test/torture')

demo: $(PROGRAM)  ## a centre of four members, their nodes running, on this machine (KEEP=1: they go on)
	$(Q)$(RUN_ENV) examples/baghdad/run

interop: $(PROGRAM)  ## others' programs against a running node; what cannot be had is said to be skipped (T=taxii_client: one)
	$(Q)$(RUN_ENV) tools/interop $(T)

bench: $(PROGRAM) $(BENCH)  ## speed, against references in the same run (ONLY=name)
	$(Q)$(RUN_ENV) bench/run $(ONLY)

# Other ways of building are other runs of make; a BUILD= given by hand gets a sibling, so that objects never mix.
other = $(MAKE) --no-print-directory V=$(1) $(if $(filter command%,$(origin BUILD)),BUILD=$(BUILD)-$(1))
ifeq ($(V),fuzz)
fuzz-build: $(FUZZ)  ## the fuzz harnesses, not run
fuzz: $(FUZZ)  ## each harness for TIME seconds (30; T=json: one), or RUNS=n times
	$(Q)TIME=$(or $(TIME),30) RUNS=$(RUNS) LEN=$(LEN) tools/tally $(FUZZ:%="tools/fuzz-run %")
else
fuzz-build fuzz:
	+$(Q)$(call other,fuzz) $@
endif

cov:  ## lines and branches the unit tests reach (T=label: that room's; with ROOMS= by its own tests, t_label*, alone)
	+$(Q)$(call other,cov) T='$(if $(filter command%,$(origin ROOMS)),$(T)*)' cov-report ROOM=$(T)
cov-report: $(UNIT)
	$(Q)tools/coverage $(BUILD) "$(ROOM)" $(UNIT)

ifeq ($(V),release)
check: $(LIB_OBJ)  ## the rules of the house: rooms, purity, SQL, files
	$(Q)tools/check $(BUILD)
else
check:
	+$(Q)$(call other,release) check
endif

lint:  ## clang-tidy (T=label: one room)
	$(Q)tools/lint $(wildcard src/$(or $(T),*)/*.c src/$(or $(T),*)/*/*.c) -- $(filter-out -M% -U% -D_FORTIFY%,$(CPPFLAGS)) -std=c17

format:  ## clang-format, in place (T=label: one room; else src and test)
	$(Q)clang-format-14 -i $(wildcard $(addsuffix .[ch],$(if $(T),src/$(T)/* src/$(T)/*/*,src/*/* src/*/*/* test/* test/*/* fuzz/* bench/*)))

install: all  ## into PREFIX (/usr/local), DESTDIR heeded: program, man page, completion, unit for systemd
	install -Dm755 $(BUILD)/comity $(DESTDIR)$(PREFIX)/bin/comity
	$(BUILD)/comity help --man >$(BUILD)/comity.1
	install -Dm644 $(BUILD)/comity.1 $(DESTDIR)$(PREFIX)/share/man/man1/comity.1
	for s in bash zsh fish; do $(BUILD)/comity completion $$s >$(BUILD)/comity.$$s || exit; done
	install -Dm644 $(BUILD)/comity.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/comity
	install -Dm644 $(BUILD)/comity.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_comity
	install -Dm644 $(BUILD)/comity.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/comity.fish
	install -Dm644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system examples/systemd/comity@.socket examples/systemd/comity-web@.socket
	sed 's|/usr/local/bin|$(PREFIX)/bin|' examples/systemd/comity@.service >$(BUILD)/comity@.service
	install -Dm644 $(BUILD)/comity@.service $(DESTDIR)$(PREFIX)/lib/systemd/system/comity@.service

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/comity $(DESTDIR)$(PREFIX)/share/man/man1/comity.1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions/comity \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_comity $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/comity.fish \
		$(addprefix $(DESTDIR)$(PREFIX)/lib/systemd/system/,comity@.service comity@.socket comity-web@.socket)

clean:  ## remove build/
	rm -rf build

help:
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  \1: \2/p' $(MAKEFILE_LIST)

# How things are made. Objects are rebuilt when their flags change, so that one folder never holds two kinds.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@

say = @mkdir -p $(@D); $(if $(VERBOSE),:,echo '  $(@:$(BUILD)/%=%)')
link = $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(1) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(say)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(LIB): $(LIB_OBJ)
$(SIM_LIB): $(call objs,$(SIM_SRC))
$(LIB) $(SIM_LIB):
	@mkdir -p $(@D); rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/comity: $(BUILD)/src/cli/main.o $(LIB)
	$(say)
	$(Q)$(link)

$(UNIT): $(BUILD)/test/%: $(BUILD)/test/unit/%.o $(BUILD)/test/test.o $(LIB)
	$(say)
	$(Q)$(link)
$(UNIT_SIM): $(SIM_LIB)

$(BUILD)/sim: $(BUILD)/test/sim/main.o $(SIM_LIB) $(LIB)
	$(say)
	$(Q)$(link)

# Noninterference has the files that can leak on purpose (base/leak.h) built once more, so that they can; the library has the rest.
NI_OBJ := $(if $(NI_SRC),$(patsubst %.c,$(BUILD)/leak/%.o,$(NI_SRC) $(shell grep -ls '^#include "base/leak.h"' $(LIB_SRC))))
$(BUILD)/leak/%.o: %.c $(BUILD)/flags
	$(say)
	$(Q)$(CC) -DCOMITY_LEAKS -include test/ni/leaks.h $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BENCH): $(BUILD)/bench/b_%: $(BUILD)/bench/b_%.o $(call objs,bench/bench.c bench/object.c bench/nodes.c bench/load.c) $(SIM_LIB) $(LIB)
	$(say)
	$(Q)$(link)

$(BUILD)/ni: $(NI_OBJ) $(SIM_LIB) $(LIB)
	$(say)
	$(Q)$(link)

$(BUILD)/torture: $(call objs,$(TORTURE_SRC)) $(SIM_LIB) $(LIB)
	$(say)
	$(Q)$(call link,$(WRAP))

$(FUZZ): $(BUILD)/fuzz/%: $(BUILD)/fuzz/%.o $(LIB)
	$(say)
	$(Q)$(call link,$(if $(filter fuzz,$(V)),-fsanitize=fuzzer))

-include $(LIB_OBJ:.o=.d) $(NI_OBJ:.o=.d) $(wildcard $(BUILD)/src/cli/main.d $(BUILD)/test/*.d $(BUILD)/test/*/*.d $(BUILD)/fuzz/*.d)
